import { beforeEach, describe, expect, test } from 'vitest'
import { SeriesStore } from '../series/seriesStore.ts'
import type { Session } from './session.ts'
import { SharedStreams } from './sharedStreams.ts'
import { sharedEventStreams } from './tabStream.ts'
import type { FakeClock } from './testing/fakeClock.ts'
import type { FakeConnection, FakeServer } from './testing/fakeServer.ts'
import { fakeChannel } from './testing/fakePorts.ts'
import { oneTo, Rig } from './testing/rig.ts'

let rig: Rig
let clock: FakeClock
let server: FakeServer
let worker: SharedStreams

beforeEach(() => {
  rig = new Rig()
  ;({ clock, server } = rig)
  server.webSocketsBlocked = true
  worker = new SharedStreams(server.events.open, clock)
})

/** A tab of the browser: a page of its own that shares nothing with the others but the worker. */
class Tab {
  readonly store = new SeriesStore()
  readonly session: Session
  channel = fakeChannel(clock)
  fail: (() => void) | undefined
  readonly frames: string[] = []

  constructor() {
    const shared = sharedEventStreams((onFailed) => {
      this.fail = onFailed
      this.channel = fakeChannel(clock)
      worker.connect(this.channel.worker)
      return this.channel.tab
    }, server.events.open)
    this.session = rig.newSession({
      store: this.store,
      events: {
        ...server.events,
        open: (url, events, wish) => {
          const onMessage = (data: string | ArrayBuffer) => {
            if (typeof data === 'string') this.frames.push(data)
            events.onMessage(data)
          }
          return shared(url, { ...events, onMessage }, wish)
        },
      },
    })
  }

  held(host = 'web-1'): number[] {
    const series = this.store.hosts.get(host)
    const column = series?.column('cpu')
    return series === undefined || column === undefined ? [] : [...series.values(column, series.range)]
  }
}

async function seconds(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    for (let tenth = 0; tenth < 10; tenth++) {
      clock.advance(100)
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    }
    server.tick()
  }
}

async function startTabs(count: number): Promise<Tab[]> {
  const tabs = Array.from({ length: count }, () => new Tab())
  for (const tab of tabs) tab.session.start()
  await seconds(4)
  return tabs
}

function openStreams(): FakeConnection[] {
  return [...new Set(server.streams.map(({ connection }) => connection))].filter(({ open }) => open)
}

describe('the tabs of a browser', () => {
  test('share one stream: eight of them are live on one connection', async () => {
    const tabs = await startTabs(8)
    await seconds(2)
    clock.advance(10)
    expect(tabs.map(({ session }) => session.status.state)).toEqual(Array(8).fill('live'))
    expect(openStreams()).toHaveLength(1)
    expect(server.streams.length).toBeLessThan(4)
    for (const tab of tabs) expect(tab.held()).toEqual(oneTo(6))
  })

  test('one that comes later gets the past, and the others nothing twice', async () => {
    const [first] = await startTabs(1)
    await seconds(10)
    const before = first!.frames.length
    const [late] = await startTabs(1)
    await seconds(2)
    clock.advance(10)
    expect([first!.held(), late!.held()]).toEqual([oneTo(20), oneTo(20)])
    expect(openStreams()).toHaveLength(1)
    const types = first!.frames.slice(before).map((text) => (JSON.parse(text) as { type: string }).type)
    expect(types.filter((type) => type === 'snapshot')).toEqual([])
  })

  test('want different hosts: each is told of its own', async () => {
    const [web, db] = await startTabs(2)
    db!.session.watch('db-1')
    await seconds(2)
    expect(server.streams.at(-1)?.wish).toEqual({
      type: 'subscribe',
      hosts: ['web-1', 'db-1'],
      since: { 'web-1': { epoch: 'epoch-1', seq: 4 } },
    })
    const { connection } = server.streams.at(-1)!
    const series = [{ metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }]
    connection.say({ type: 'catalog', host: 'db-1', series })
    connection.say({ type: 'update', host: 'db-1', seq: 1, timestamp: server.seconds, values: [5] })
    await seconds(2)
    clock.advance(10)
    expect([web!.held(), db!.held('db-1')]).toEqual([oneTo(8), [5]])
    expect(web!.store.hosts.get('db-1')?.columns).toEqual([])
    db!.session.watch(undefined)
    await seconds(2)
    clock.advance(10)
    expect([web!.held(), db!.held()]).toEqual([oneTo(10), oneTo(10)])
  })

  test('come back one by one after a loss, each from where it was', async () => {
    const tabs = await startTabs(4)
    server.latest.cut()
    await seconds(6)
    server.restart('epoch-2')
    await seconds(6)
    clock.advance(10)
    expect(openStreams()).toHaveLength(1)
    for (const tab of tabs) {
      expect(tab.session.status).toMatchObject({ state: 'live', transport: 'events' })
      expect(tab.held()).toEqual(oneTo(16))
    }
  })

  test('leave the stream when they stop, and the last one ends it', async () => {
    const [first, second] = await startTabs(2)
    first!.session.stop()
    await seconds(2)
    expect(openStreams()).toHaveLength(1)
    expect(second!.session.status.state).toBe('live')
    second!.session.stop()
    clock.advance(100)
    expect(openStreams()).toEqual([])
    expect(clock.waiting).toBe(0)
  })

  test('that close without a word, or freeze, are dropped', async () => {
    const [awake] = await startTabs(1)
    const { tab, worker: end } = fakeChannel(clock)
    const heard: string[] = []
    tab.listen((message) => heard.push(message.type))
    worker.connect(end)
    tab.post({ type: 'open', url: server.events.url, wish: { type: 'subscribe' } })
    await seconds(5)
    tab.freeze()
    await seconds(45)
    const { waiting } = tab
    await seconds(15)
    clock.advance(10)
    expect(tab.waiting).toBe(waiting)
    expect(awake!.held()).toEqual(oneTo(69))
    tab.thaw()
    expect([heard.slice(0, 3), heard.at(-1)]).toEqual([['opened', 'frame', 'frame'], 'closed'])
    awake!.session.stop()
    clock.advance(100)
    expect(openStreams()).toEqual([])
  })

  test('that cannot use a worker have streams of their own', async () => {
    const [tab] = await startTabs(1)
    const shared = server.latest
    tab!.fail?.()
    expect(tab!.session.status.state).toBe('reconnecting')
    await seconds(3)
    expect(tab!.session.status).toMatchObject({ state: 'live', transport: 'events' })
    expect(server.latest).not.toBe(shared)
    expect(tab!.held()).toEqual(oneTo(7))
  })

  test('a refusal with a time to come back reaches every tab', async () => {
    const tabs = await startTabs(3)
    server.webSocketsBlocked = false
    server.latest.cut(1006, 'the server answered 503', 60_000)
    await seconds(1)
    for (const { session } of tabs) {
      expect(session.status).toMatchObject({ state: 'reconnecting', closeReason: 'the server answered 503' })
      expect(session.status.nextRetryAt! - clock.wallMs()).toBeGreaterThan(55_000)
    }
  })
})
