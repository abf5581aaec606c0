import { beforeEach, describe, expect, test } from 'vitest'
import type { Session } from './session.ts'
import type { FakeClock } from './testing/fakeClock.ts'
import type { FakeServer } from './testing/fakeServer.ts'
import { oneTo, Rig } from './testing/rig.ts'

let rig: Rig
let clock: FakeClock
let server: FakeServer
let session: Session

beforeEach(() => {
  rig = new Rig()
  ;({ clock, server } = rig)
  session = rig.newSession({ events: server.events })
})

/** Lets what is promised come true, as between two timers of a browser. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve()
}

/** Seconds of ticks on which promises come true, too. */
async function seconds(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    for (let tenth = 0; tenth < 10; tenth++) {
      clock.advance(100)
      await settle()
    }
    server.tick()
  }
}

async function onEvents(): Promise<void> {
  server.webSocketsBlocked = true
  session.start()
  await seconds(3)
}

describe('where WebSockets are blocked', () => {
  test('the second failure, while plain HTTP works, leads to an event stream', async () => {
    await onEvents()
    expect(session.status).toMatchObject({
      state: 'live',
      transport: 'events',
      transportReason: 'WebSockets are blocked on the way to the server',
      format: 'json',
    })
    expect(session.status.transportSince).toBeGreaterThan(session.status.since - 1000)
    expect(server.connections).toHaveLength(3)
    expect(server.streams.map(({ wish }) => wish)).toEqual([{ type: 'subscribe' }])
    expect(rig.held()).toEqual(oneTo(3))
  })

  test('how much comes is known before the first ping', async () => {
    await onEvents()
    await seconds(3)
    expect(session.status.bytesPerSecond).toBeGreaterThan(0)
  })

  test('a server that is down is not mistaken for it', async () => {
    server.accepting = false
    session.start()
    await seconds(120)
    expect(session.status.transport).toBe('websocket')
    server.accepting = true
    await seconds(31)
    expect(session.status).toMatchObject({ state: 'live', transport: 'websocket' })
    expect(server.streams).toEqual([])
  })

  test('a close that the server gave a code is not mistaken for it', async () => {
    session.start()
    for (let i = 0; i < 10; i++) {
      server.latest.cut(1013, 'busy')
      clock.advance(500)
      await settle()
    }
    expect(session.status.transport).toBe('websocket')
  })

  test('without the way of events there is only WebSocket', async () => {
    session = rig.newSession()
    await onEvents()
    await seconds(60)
    expect(session.status).toMatchObject({ state: 'reconnecting', transport: 'websocket' })
  })

  test('an event stream that is cut comes back where it was', async () => {
    await onEvents()
    for (let i = 0; i < 10; i++) {
      server.latest.cut()
      expect(session.status).toMatchObject({ state: 'reconnecting', transport: 'events' })
      await seconds(3)
    }
    expect(session.status.state).toBe('live')
    expect(server.streams.at(-1)?.wish.since).toEqual({ 'web-1': { epoch: 'epoch-1', seq: 30 } })
    expect(rig.held()).toEqual(oneTo(33))
  })

  test('to watch another host is to open the stream anew, from where we are', async () => {
    await onEvents()
    const begun = server.latest
    session.watch('db-1')
    await seconds(2)
    session.watch(undefined)
    await seconds(2)
    expect(server.latest).toBe(begun)
    expect(session.status.state).toBe('live')
    expect(server.streams.map(({ wish }) => wish)).toEqual([
      { type: 'subscribe' },
      { type: 'subscribe', hosts: ['db-1'] },
      { type: 'subscribe', hosts: ['web-1'], since: { 'web-1': { epoch: 'epoch-1', seq: 3 } } },
    ])
    expect(rig.held()).toEqual(oneTo(7))
  })

  test('a stream that brings nothing either gives WebSocket its turn again', async () => {
    await onEvents()
    server.accepting = false
    server.latest.cut()
    await seconds(30)
    expect(session.status).toMatchObject({ state: 'reconnecting', transport: 'websocket' })
    expect(session.status.transportReason).toBeUndefined()
    server.accepting = true
    server.webSocketsBlocked = false
    await seconds(31)
    expect(session.status).toMatchObject({ state: 'live', transport: 'websocket' })
    expect(rig.held()).toEqual(oneTo(64))
  })

  test('a server without room is left alone for as long as it says, and says nothing about WebSocket', async () => {
    await onEvents()
    server.latest.cut()
    await seconds(2)
    server.latest.cut(1006, 'the server answered 503', 40_000)
    const count = server.connections.length
    server.webSocketsBlocked = false
    await seconds(40)
    expect(session.status).toMatchObject({ state: 'reconnecting', transport: 'websocket' })
    expect(server.connections).toHaveLength(count)
    await seconds(4)
    expect(session.status).toMatchObject({ state: 'live', transport: 'websocket' })
    expect(rig.held()).toEqual(oneTo(49))
  })
})

describe('an event stream', () => {
  test('is dead after two missed pings', async () => {
    await onEvents()
    const begun = server.latest
    for (let i = 0; i < 8; i++) {
      clock.advance(15_000)
      begun.say({ type: 'pong', id: 0, time: server.seconds })
    }
    expect(session.status.state).toBe('live')
    clock.advance(34_999)
    expect(session.status.state).toBe('live')
    clock.advance(1)
    expect(session.status).toMatchObject({ state: 'reconnecting', closeReason: 'nothing heard for 35 s' })
    expect(begun.open).toBe(false)
  })

  test('is asked for a sign of life when the page is seen again', async () => {
    await onEvents()
    rig.page.give('visible')
    clock.advance(10_000)
    expect(session.status.state).toBe('live')
    clock.advance(8_000)
    rig.page.give('visible')
    clock.advance(3_000)
    expect(session.status).toMatchObject({ state: 'reconnecting', closeReason: 'nothing heard for 21 s' })
  })

  test('after a sleep is given time to bring what lies in the socket', async () => {
    await onEvents()
    const begun = server.latest
    clock.sleep(3_600_000)
    clock.advance(1)
    expect(session.status.state).toBe('live')
    server.tick()
    clock.advance(10_000)
    expect(session.status.state).toBe('live')
    expect(begun.open).toBe(true)
  })

  test('tells how the clocks differ, and no round trip', async () => {
    server.clockAheadMs = 7_000
    await onEvents()
    server.latest.say({ type: 'pong', id: 0, time: server.seconds - 0.4 })
    server.latest.say({ type: 'pong', id: 0, time: server.seconds - 0.1 })
    expect(session.status.clockOffsetMs).toBeCloseTo(6_900, 3)
    expect(session.status.roundTripMs).toBeUndefined()
  })
})

describe('beside an event stream', () => {
  test('WebSocket is tried, and takes over with its hello: no hole, no duplicate', async () => {
    await onEvents()
    await seconds(20)
    const stream = server.latest
    server.webSocketsBlocked = false
    await seconds(60)
    expect(session.status).toMatchObject({ state: 'live', transport: 'websocket' })
    expect(session.status.transportReason).toBeUndefined()
    expect([stream.open, server.latest.open]).toEqual([false, true])
    await seconds(5)
    expect(rig.held()).toEqual(oneTo(88))
    server.latest.cut()
    await seconds(2)
    expect(session.status.transport).toBe('websocket')
  })

  test('trials become rarer, and disturb nothing', async () => {
    await onEvents()
    const before = server.connections.length
    await seconds(3600)
    const trials = server.connections.length - before
    expect(trials).toBeGreaterThan(4)
    expect(trials).toBeLessThan(12)
    expect(session.status).toMatchObject({ state: 'live', transport: 'events' })
    expect(server.connections.filter((connection) => connection.open)).toHaveLength(1)
  })

  test('a network that comes back is a reason to try at once', async () => {
    await onEvents()
    server.webSocketsBlocked = false
    rig.page.give('online')
    await seconds(1)
    expect(session.status.transport).toBe('websocket')
  })

  test('a trial that neither opens nor closes is given up', async () => {
    let opened = 0
    let closed = 0
    let blocked = 0
    session = rig.newSession({
      events: server.events,
      socketFactory: (_url, events) => {
        if (blocked++ < 2) clock.after(1, () => events.onClose(1006, ''))
        opened++
        return { send: () => undefined, close: () => (closed += 1) }
      },
    })
    await onEvents()
    await seconds(300)
    expect(opened).toBeGreaterThan(3)
    expect(opened - closed).toBeLessThanOrEqual(1)
    expect(session.status).toMatchObject({ state: 'live', transport: 'events' })
  })

  test('stop ends all of it', async () => {
    await onEvents()
    rig.page.give('online')
    session.stop()
    clock.advance(60_000)
    expect(server.connections.filter((connection) => connection.open)).toEqual([])
    expect(clock.waiting).toBe(0)
  })
})
