import { WebSocket } from 'ws'
import type { Catalog, Hello, Snapshot } from '../../src/wire/types.gen.ts'

type Frame = Hello | Catalog | Snapshot | { type: 'update' | 'gap' | 'error' | 'pong' }

/** The past of one series on every host of a server, by host. */
export async function pastOf(appUrl: string, metric: string): Promise<Map<string, number[]>> {
  const address = new URL('ws', appUrl)
  address.protocol = 'ws:'
  const socket = new WebSocket(address, 'vitals.v1.json')
  const columns = new Map<string, number>()
  const past = new Map<string, number[]>()
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame
      if (frame.type === 'hello') {
        const hosts = frame.hosts.map(({ name }) => name)
        for (const host of hosts) past.set(host, [])
        socket.send(JSON.stringify({ type: 'subscribe', hosts }))
      } else if (frame.type === 'catalog') {
        columns.set(
          frame.host,
          frame.series.findIndex((series) => series.metric === metric),
        )
      } else if (frame.type === 'snapshot') {
        const column = frame.columns[columns.get(frame.host) ?? -1] ?? []
        past.get(frame.host)?.push(...column.filter((value) => value !== null))
      } else if (frame.type === 'update') resolve()
    })
  })
  socket.terminate()
  return past
}
