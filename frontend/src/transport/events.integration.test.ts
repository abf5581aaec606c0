import { MessageChannel as NodeChannel } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { SeriesStore } from '../series/seriesStore.ts'
import { subprotocol } from '../wire/frames.ts'
import { answersHttp } from './answersHttp.ts'
import { browserClock } from './clock.ts'
import { eventStreams } from './eventStream.ts'
import { Session, type SessionOptions } from './session.ts'
import { portOf, type TabMessage, type WorkerMessage } from './sharedMessages.ts'
import { SharedStreams } from './sharedStreams.ts'
import { webSockets, type SocketFactory } from './socket.ts'
import { sharedEventStreams } from './tabStream.ts'
import { FakePage } from './testing/fakePage.ts'
import { HttpProxy } from './testing/httpProxy.ts'
import { QuietWebSocket } from './testing/nodeWebSocket.ts'
import { RunningServer, serverIsBuilt } from './testing/runningServer.ts'

async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 30_000, interval: 20 })
}

interface Watched {
  session: Session
  store: SeriesStore
  page: FakePage
}

describe.skipIf(!serverIsBuilt())('the real server', () => {
  let server: RunningServer
  const cleanups: (() => unknown)[] = []

  beforeAll(async () => {
    vi.stubGlobal('WebSocket', QuietWebSocket)
    server = await RunningServer.start()
  })
  afterEach(() => {
    for (const clean of cleanups.splice(0)) clean()
  })
  afterAll(async () => {
    await server.stop()
    vi.unstubAllGlobals()
  })

  async function blocked(): Promise<HttpProxy> {
    const proxy = await HttpProxy.to(Number(server.address.port))
    cleanups.push(() => proxy.close())
    return proxy
  }

  function watch(host: string, open: SocketFactory, options: Partial<SessionOptions> = {}): Watched {
    const store = new SeriesStore()
    const page = new FakePage()
    const events = {
      url: `http://${host}/events`,
      open,
      answersHttp: () => answersHttp(new URL(`http://${host}/`)),
    }
    const session = new Session({
      url: `ws://${host}/ws`,
      store,
      page,
      events,
      random: () => 0.03,
      ...options,
    })
    cleanups.push(() => session.stop())
    session.start()
    return { session, store, page }
  }

  test('a session takes CBOR, and gets the very numbers that one of JSON gets', async () => {
    const json = watch(server.address.host, eventStreams(), { socketFactory: webSockets([subprotocol]) })
    const cbor = watch(server.address.host, eventStreams())
    await until(() => rowsOf(json.store) > 300 && rowsOf(cbor.store) > 300)
    expect([json.session.status.format, cbor.session.status.format]).toEqual(['json', 'cbor'])
    expectSame(json.store, cbor.store)
  })

  test('where no WebSocket comes through, a session on events has all rows, over every cut', async () => {
    const proxy = await blocked()
    const control = watch(server.address.host, eventStreams())
    const { session, store } = watch(proxy.host, eventStreams())
    await until(() => session.status.state === 'live' && rowsOf(store) > 5)
    expect(session.status).toMatchObject({ transport: 'events', format: 'json' })
    for (let i = 0; i < 5; i++) {
      const before = rowsOf(store)
      proxy.cut()
      await until(() => session.status.state !== 'live')
      await until(() => rowsOf(store) >= before + 8)
    }
    expectSame(store, control.store)
    expect(session.status).toMatchObject({ transport: 'events', dropped: 0 })
  })

  test('to watch another host, or one that is not there, is a stream of another query', async () => {
    const proxy = await blocked()
    const control = watch(server.address.host, eventStreams())
    const { session, store } = watch(proxy.host, eventStreams())
    await until(() => rowsOf(store) > 5)
    const other = [...store.hosts.keys()][1]!
    session.watch(other)
    await until(() => (store.hosts.get(other)?.range.end ?? 0) > 20)
    session.watch('nobody')
    await until(() => session.status.problem !== undefined)
    expect(session.status).toMatchObject({ state: 'live', problem: 'no host is called "nobody"' })
    const before = rowsOf(store)
    session.watch(undefined)
    await until(() => rowsOf(store) > before + 5)
    expectSame(store, control.store)
  })

  test('WebSocket takes over when it comes through again, without a hole', async () => {
    const proxy = await blocked()
    const control = watch(server.address.host, eventStreams())
    const { session, store, page } = watch(proxy.host, eventStreams())
    await until(() => session.status.transport === 'events' && rowsOf(store) > 5)
    proxy.lettingWebSockets = true
    page.give('online')
    await until(() => session.status.transport === 'websocket')
    expect(session.status).toMatchObject({ state: 'live', format: 'cbor' })
    const before = rowsOf(store)
    await until(() => rowsOf(store) > before + 10 && proxy.openStreams === 0)
    expectSame(store, control.store)
  })

  test('eight tabs share one stream, and a loss of it', async () => {
    const proxy = await blocked()
    const worker = new SharedStreams(eventStreams(), browserClock)
    const open = sharedEventStreams(() => {
      const channel = new NodeChannel() as unknown as MessageChannel
      cleanups.push(() => channel.port1.close())
      worker.connect(portOf<WorkerMessage, TabMessage>(channel.port1))
      return portOf(channel.port2)
    }, eventStreams())
    const tabs = Array.from({ length: 8 }, () =>
      watch(proxy.host, open, { random: () => Math.random() / 20 }),
    )
    const live = () => tabs.every(({ session }) => session.status.state === 'live')
    await until(() => live() && tabs.every(({ store }) => rowsOf(store) > 5))
    expect(proxy.openStreams).toBe(1)
    proxy.cut()
    await until(() => !live())
    await until(live)
    const before = Math.max(...tabs.map(({ store }) => rowsOf(store)))
    await until(() => tabs.every(({ store }) => rowsOf(store) > before + 8))
    expect(proxy.openStreams).toBe(1)
    for (const { store } of tabs) expectSame(store, tabs[0]!.store)
  })

  test('what is pushed is a series of its own, on WebSocket and on events', async () => {
    const proxy = await blocked()
    const watched = [watch(server.address.host, eventStreams()), watch(proxy.host, eventStreams())]
    await until(() => watched.every(({ store }) => rowsOf(store) > 5))
    const now = Date.now() / 1000
    await push([
      { metric: 'room.temp', value: 21, timestamp: now - 2 },
      { metric: 'room.temp', value: 21.5, timestamp: now - 1 },
      { metric: 'room.temp', value: 22, host: 'attic' },
    ])
    for (const { session, store } of watched) {
      const own = store.hosts.get(store.own!)!
      await until(() => own.custom.length > 0 && store.hosts.has('attic'))
      const room = own.column('room.temp')!
      await until(() => room.timeline.range.end === 2)
      expect([...room.valuesIn(room.timeline.range)]).toEqual([21, 21.5])
      expect(own.values(own.column('cpu')!, own.range).every((value) => !Number.isNaN(value))).toBe(true)
      expect(store.known.at(-1)).toMatchObject({ host: { name: 'attic' }, presence: 'live' })
      session.watch('attic')
      await until(() => store.hosts.get('attic')?.column('room.temp')?.latest?.value === 22)
    }
  })

  async function push(events: object[]): Promise<void> {
    const response = await fetch(`http://${server.address.host}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    })
    expect(response.status).toBe(200)
  }
})

function rowsOf(store: SeriesStore): number {
  const range = store.own === undefined ? undefined : store.hosts.get(store.own)?.range
  return range === undefined ? 0 : range.end - range.start
}

/** Over the span of time that both hold they hold the same. */
function expectSame(one: SeriesStore, other: SeriesStore): void {
  const hosts = [one, other].map((store) => store.hosts.get(store.own!)!)
  const from = Math.max(...hosts.map((host) => host.oldestTime))
  const to = Math.min(...hosts.map((host) => host.newestTime))
  const [ours, theirs] = hosts.map((host) => ({
    times: [...host.times(host.rows(from, to))],
    values: host.columns.map((column) => [...host.values(column, host.rows(from, to))]),
  }))
  expect(ours!.times.length).toBeGreaterThan(10)
  expect(ours).toEqual(theirs)
}
