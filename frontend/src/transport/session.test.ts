import { beforeEach, describe, expect, test, vi } from 'vitest'
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
  ;({ clock, server, session } = rig)
})

describe('a connection', () => {
  test('says hello, subscribes to the own host, and brings the past and the present', () => {
    rig.ticks(3)
    session.start()
    expect(session.status.state).toBe('connecting')
    rig.ticks(2)
    expect(session.status).toMatchObject({ state: 'live', attempt: 0, serverVersion: 'v0.1.0' })
    expect(server.latest.received[0]).toEqual({ type: 'subscribe', hosts: ['web-1'] })
    expect(rig.held()).toEqual(oneTo(5))
  })

  test('start is once; stop ends everything', () => {
    session.start()
    session.start()
    rig.ticks(2)
    expect(server.connections).toHaveLength(1)
    session.stop()
    expect(server.latest.open).toBe(false)
    expect(session.status.state).toBe('offline')
    expect([clock.waiting, rig.page.listeners.size]).toEqual([0, 0])
  })

  test('another host is watched on the same connection', () => {
    session.start()
    rig.ticks(1)
    session.watch('db-1')
    session.watch('db-1')
    session.watch(undefined)
    const frames = server.latest.received.filter((frame) => frame.type !== 'ping')
    expect(frames).toEqual([
      { type: 'subscribe', hosts: ['web-1'] },
      { type: 'unsubscribe', hosts: ['web-1'] },
      { type: 'subscribe', hosts: ['db-1'] },
      { type: 'unsubscribe', hosts: ['db-1'] },
      { type: 'subscribe', hosts: ['web-1'], since: { 'web-1': { epoch: 'epoch-1', seq: 1 } } },
    ])
  })

  test('what a socket says after it was let go is ignored', () => {
    session.start()
    rig.ticks(2)
    const old = server.latest
    old.cut()
    clock.advance(600)
    old.say({ type: 'update', host: 'web-1', seq: 99, timestamp: server.seconds, values: [99] })
    old.cut(4500)
    expect(rig.held()).toEqual([1, 2])
    expect(session.status.state).toBe('live')
  })

  test('measures the round trip, the difference of the clocks and the bytes', () => {
    server.clockAheadMs = 7_000
    session.start()
    clock.advance(2_000)
    expect(session.status).toMatchObject({ roundTripMs: 20, clockOffsetMs: 7_000 })
    server.roundTripMs = 300
    rig.ticks(10)
    expect(session.status.bytesPerSecond).toBeGreaterThan(50)
    expect(session.status.bytesPerSecond).toBeLessThan(200)
    expect(session.status).toMatchObject({ roundTripMs: 300, clockOffsetMs: 7_000 })
  })

  test('tells no round trip before a ping went out on time', () => {
    session.start()
    clock.advance(500)
    expect(session.status).toMatchObject({ clockOffsetMs: expect.any(Number) as number })
    expect(session.status.roundTripMs).toBeUndefined()
    clock.sleep(800) // the page is busy: the ping that was due goes out late
    clock.advance(500)
    expect(session.status.roundTripMs).toBeUndefined()
    clock.advance(1_000)
    expect(session.status.roundTripMs).toBe(20)
  })

  test('counts what the server left out, and passes on what it complains about', () => {
    session.start()
    rig.ticks(1)
    server.latest.say({ type: 'gap', host: 'web-1', from: 2, to: 4, dropped: 3, recovered: false })
    server.latest.say({ type: 'gap', host: 'web-1', recovered: false })
    server.latest.say({ type: 'error', code: 'unknown_host', message: 'no host db-9' })
    expect(session.status).toMatchObject({ state: 'live', dropped: 3, problem: 'no host db-9' })
  })

  test('a status is a new object for each change, and only then', () => {
    session.start()
    rig.ticks(1)
    const heard = vi.fn()
    const end = session.subscribe(heard)
    const before = session.status
    server.tick()
    expect(session.status).toBe(before)
    expect(heard).not.toHaveBeenCalled()
    server.latest.cut()
    expect(session.status).not.toBe(before)
    expect(heard).toHaveBeenCalledTimes(1)
    end()
    clock.advance(60_000)
    expect(heard).toHaveBeenCalledTimes(1)
  })
})

describe('resume', () => {
  test('after a cut has no hole and no duplicate', () => {
    session.start()
    rig.ticks(5)
    for (let i = 0; i < 20; i++) {
      server.latest.cut()
      expect(session.status.state).toBe('reconnecting')
      rig.ticks(1 + (i % 4))
      clock.advance(15_000)
      server.tick()
    }
    expect(session.status.state).toBe('live')
    const rows = rig.held()
    expect(rows).toEqual(oneTo(rows.length))
    expect(rows.length).toBeGreaterThan(40)
  })

  test('after rows that were lost on the way does not start over', () => {
    session.start()
    rig.ticks(5)
    const deaf = server.latest
    clock.advance(1000)
    server.tick(deaf)
    clock.advance(1000)
    server.tick(deaf)
    deaf.cut()
    rig.ticks(2)
    expect(server.latest.received[0]).toEqual({
      type: 'subscribe',
      hosts: ['web-1'],
      since: { 'web-1': { epoch: 'epoch-1', seq: 5 } },
    })
    expect(rig.held()).toEqual(oneTo(9))
  })

  test('after more was missed than the server remembers leaves a hole and goes on', () => {
    server.ringRows = 10
    session.start()
    rig.ticks(5)
    server.accepting = false
    server.latest.cut()
    rig.ticks(40)
    server.accepting = true
    clock.advance(30_000)
    server.tick()
    expect(rig.held()).toEqual([1, 2, 3, 4, 5, ...Array.from({ length: 10 }, (_, i) => 36 + i), 46])
  })

  test('after a restart of the server goes on with the new epoch', () => {
    session.start()
    rig.ticks(5)
    server.restart('epoch-2')
    expect(session.status).toMatchObject({ state: 'reconnecting', closeCode: 1012, closeReason: 'restart' })
    rig.ticks(3)
    expect(rig.held()).toEqual(oneTo(8))
    expect(rig.store.position('web-1')).toEqual({ epoch: 'epoch-2', seq: 3 })
    server.latest.cut()
    rig.ticks(2)
    expect(rig.held()).toEqual(oneTo(10))
  })

  test('a newer app on the server that the page came from is told, on another server it is not', () => {
    const elsewhere = rig.newSession({ servedPage: false })
    const session = rig.newSession({ servedPage: true })
    session.start()
    elsewhere.start()
    rig.ticks(2)
    server.restart('epoch-2')
    rig.ticks(2)
    expect(session.status.appChanged).toBe(false)
    server.app = 'app-2'
    server.restart('epoch-3')
    rig.ticks(2)
    expect([session.status.state, session.status.appChanged]).toEqual(['live', true])
    expect([elsewhere.status.state, elsewhere.status.appChanged]).toEqual(['live', false])
  })
})
