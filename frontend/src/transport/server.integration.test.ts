import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { SeriesStore } from '../series/seriesStore.ts'
import { decodeFrame } from '../wire/decode.ts'
import { encodeFrame } from '../wire/encode.ts'
import { type ClientFrame, type ServerFrame, subprotocol } from '../wire/frames.ts'
import { Session } from './session.ts'
import { FakePage } from './testing/fakePage.ts'
import { NetworkCable } from './testing/networkCable.ts'
import { QuietWebSocket } from './testing/nodeWebSocket.ts'
import { RunningServer, serverIsBuilt } from './testing/runningServer.ts'

interface Triple {
  metric: string
  value: number
  timestamp: number
}

/** A client of the `ws` package: nothing of ours but the decoder. */
class PlainClient {
  readonly texts: string[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #socket: NodeWebSocket

  constructor(url: string, protocol?: string) {
    this.#socket = protocol === undefined ? new NodeWebSocket(url) : new NodeWebSocket(url, protocol)
    this.#socket.on('message', (data: Buffer, isBinary) => {
      expect(isBinary).toBe(false)
      this.texts.push(data.toString())
    })
    this.closed = new Promise((resolve, reject) => {
      this.#socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
      this.#socket.on('error', reject)
    })
  }

  get frames(): ServerFrame[] {
    return this.texts.map((text) => decodeFrame(text)).filter((frame) => frame !== undefined)
  }

  async messages(count: number): Promise<unknown[]> {
    await until(() => this.texts.length >= count)
    return this.texts.slice(0, count).map((text) => JSON.parse(text) as unknown)
  }

  send(frame: ClientFrame): void {
    this.sendText(encodeFrame(frame))
  }

  sendText(text: string): void {
    this.#socket.send(text)
  }

  close(): void {
    this.#socket.close()
  }
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 30_000, interval: 20 })
}

describe.skipIf(!serverIsBuilt())('the real server', () => {
  let server: RunningServer
  const cleanups: (() => void)[] = []

  beforeAll(async () => {
    server = await RunningServer.start()
  })
  afterEach(() => {
    for (const clean of cleanups.splice(0)) clean()
  })
  afterAll(async () => {
    await server.stop()
  })

  function client(query = '', protocol?: string): PlainClient {
    const plain = new PlainClient(server.webSocketUrl + query, protocol)
    cleanups.push(() => plain.close())
    return plain
  }

  describe('without a subprotocol', () => {
    test('sends exactly the triple, one event a message', async () => {
      const messages = (await client().messages(200)) as Triple[]
      for (const message of messages) {
        expect(Object.keys(message)).toEqual(['metric', 'value', 'timestamp'])
        expect(message.metric).toMatch(/^[a-zA-Z_]/)
        expect(Number.isFinite(message.value)).toBe(true)
        expect(Math.abs(message.timestamp - Date.now() / 1000)).toBeLessThan(60)
      }
      expect(messages.map((message) => message.metric)).toContain('cpu')
    })

    test('?metrics= chooses, ?batch=1 sends one array a tick', async () => {
      const batches = (await client('?batch=1&metrics=cpu,load.*').messages(3)) as Triple[][]
      for (const batch of batches) {
        expect(new Set(batch.map((event) => event.timestamp)).size).toBe(1)
        expect(batch.map((event) => event.metric).sort()).toEqual(['cpu', 'load.15m', 'load.1m', 'load.5m'])
      }
    })
  })

  describe('with the subprotocol of a session', () => {
    test('sends hello, catalogue, past and present; every row once and in order', async () => {
      const plain = client('', subprotocol)
      await plain.messages(1)
      expect(plain.frames[0]).toMatchObject({ type: 'hello', protocol: 1, interval: 0.1 })
      plain.send({ type: 'subscribe' })
      await until(() => plain.frames.filter((frame) => frame.type === 'update').length >= 10)
      const frames = plain.frames.slice(1)
      expect(frames[0]?.type).toBe('catalog')
      const seqs = frames.flatMap((frame) => {
        if (frame.type === 'snapshot') return frame.timestamps.map((_, i) => frame.seq + i)
        return frame.type === 'update' ? [frame.seq] : []
      })
      expect(seqs).toEqual(seqs.map((_, i) => seqs[0]! + i))
    })

    test('answers a ping, and says what is wrong with a subscription', async () => {
      const plain = client('', subprotocol)
      await plain.messages(1)
      plain.send({ type: 'ping', id: 42 })
      plain.send({ type: 'subscribe', hosts: ['nobody'] })
      await until(() => plain.texts.length >= 3)
      const answers = plain.frames.slice(1)
      expect(answers.find((frame) => frame.type === 'pong')?.id).toBe(42)
      expect(answers.find((frame) => frame.type === 'error')).toMatchObject({
        code: 'unknown_host',
        field: 'hosts[0]',
      })
    })

    test('our session draws from it, and a cut leaves no hole and no duplicate', async () => {
      const cable = await NetworkCable.to(Number(server.address.port))
      cleanups.push(() => cable.close())
      const control = watch(server.webSocketUrl)
      const cut = watch(`ws://127.0.0.1:${cable.port}/ws`)
      await until(() => rowsOf(cut.store) > 5 && rowsOf(control.store) > 5)
      for (let i = 0; i < 5; i++) {
        const before = rowsOf(cut.store)
        cable.cut()
        await until(() => cut.session.status.state !== 'live')
        await until(() => rowsOf(cut.store) >= before + 8)
      }
      const { start, last } = common(cut.store, control.store)
      expect(timesBetween(cut.store, start, last)).toEqual(timesBetween(control.store, start, last))
      expect(cut.store.position(cut.store.own!)?.epoch).toBe(
        control.store.position(control.store.own!)?.epoch,
      )
      expect(valuesBetween(cut.store, start, last)).toEqual(valuesBetween(control.store, start, last))
      expect(cut.session.status.dropped).toBe(0)
    })

    test('our session goes on by itself when the server is killed and comes back', async () => {
      let other = await RunningServer.start()
      cleanups.push(() => void other.stop())
      const { session, store } = watch(other.webSocketUrl)
      await until(() => rowsOf(store) > 10)
      const before = store.position(store.own!)
      await other.stop('SIGKILL')
      await until(() => session.status.state === 'reconnecting')
      // What came until then came of the one that is gone, however late it was killed.
      const rows = rowsOf(store)
      other = await RunningServer.start(other.address.port)
      await until(() => session.status.state === 'live' && rowsOf(store) > rows + 10)
      expect(store.position(store.own!)?.epoch).not.toBe(before?.epoch)
      const times = timesBetween(store, -Infinity, Infinity)
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
    })

    test('a server that is told to stop says 1012 and ends with 0', async () => {
      const other = await RunningServer.start()
      const plain = new PlainClient(other.webSocketUrl, subprotocol)
      await plain.messages(1)
      expect(await other.stop('SIGTERM')).toBe(0)
      expect((await plain.closed).code).toBe(1012)
    })
  })

  function watch(url: string): { session: Session; store: SeriesStore } {
    vi.stubGlobal('WebSocket', QuietWebSocket)
    const store = new SeriesStore()
    const session = new Session({ url, store, page: new FakePage(), random: () => 0 })
    session.start()
    cleanups.push(() => {
      session.stop()
      vi.unstubAllGlobals()
    })
    return { session, store }
  }
})

function ownHost(store: SeriesStore) {
  return store.own === undefined ? undefined : store.hosts.get(store.own)
}

function rowsOf(store: SeriesStore): number {
  const range = ownHost(store)?.range
  return range === undefined ? 0 : range.end - range.start
}

function timesBetween(store: SeriesStore, from: number, to: number): number[] {
  const host = ownHost(store)!
  return [...host.times(host.rows(from, to))]
}

function valuesBetween(store: SeriesStore, from: number, to: number): number[][] {
  const host = ownHost(store)!
  return host.columns.map((column) => [...host.values(column, host.rows(from, to))])
}

/** The span of time that both stores hold. */
function common(a: SeriesStore, b: SeriesStore): { start: number; last: number } {
  const [one, other] = [ownHost(a)!, ownHost(b)!]
  return {
    start: Math.max(one.oldestTime, other.oldestTime),
    last: Math.min(one.newestTime, other.newestTime),
  }
}
