import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Session } from './session.ts'
import type { FakeClock } from './testing/fakeClock.ts'
import type { FakePage } from './testing/fakePage.ts'
import type { FakeServer } from './testing/fakeServer.ts'
import { oneTo, Rig } from './testing/rig.ts'

let rig: Rig
let clock: FakeClock
let page: FakePage
let server: FakeServer
let session: Session

beforeEach(() => {
  rig = new Rig()
  ;({ clock, page, server, session } = rig)
})

describe('loss', () => {
  test('waits longer after each failure, and starts again after a good connection', () => {
    session = rig.newSession({ random: () => 0.5 })
    server.accepting = false
    const waits: number[] = []
    session.start()
    session.subscribe(() => {
      const { nextRetryAt } = session.status
      if (nextRetryAt !== undefined) waits.push(nextRetryAt - clock.wallMs())
    })
    clock.advance(150_000)
    expect(waits.slice(0, 8)).toEqual([2500, 2500, 2500, 3750, 5625, 8438, 12_657, 15_000])
    expect(session.status.attempt).toBe(waits.length)
    server.accepting = true
    clock.advance(16_000)
    rig.ticks(11)
    server.latest.cut()
    expect(waits.at(-1)).toBe(2500)
  })

  test('since is when it was lost, however many attempts there were', () => {
    session.start()
    rig.ticks(2)
    server.accepting = false
    server.latest.cut()
    const lostAt = clock.wallMs()
    clock.advance(60_000)
    expect(session.status).toMatchObject({ state: 'reconnecting', since: lostAt })
    server.accepting = true
    clock.advance(30_000)
    expect(session.status.state).toBe('live')
    expect(session.status.since).toBeGreaterThan(lostAt)
  })

  test('a server that cuts at once after the hello is not called in a hot loop', () => {
    session = rig.newSession({ random: () => 0.5 })
    session.start()
    session.subscribe(() => {
      if (session.status.state === 'live') server.latest.cut(1013)
    })
    clock.advance(60_000)
    expect(server.connections.length).toBeLessThan(10)
  })

  test.each([1002, 1003, 1007, 1008, 1009, 4500, 4999])(
    'close code %d is final, until somebody asks',
    (code) => {
      session.start()
      rig.ticks(1)
      server.latest.cut(code, 'no')
      expect(session.status).toMatchObject({ state: 'refused', closeCode: code, closeReason: 'no' })
      clock.advance(600_000)
      page.give('visible')
      page.give('offline')
      page.give('online')
      expect(server.connections).toHaveLength(1)
      session.retryNow()
      rig.ticks(1)
      expect(session.status.state).toBe('live')
      expect(session.status.closeCode).toBeUndefined()
    },
  )

  test.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000, 4499])(
    'after close code %d it comes back',
    (code) => {
      session.start()
      rig.ticks(1)
      server.latest.cut(code)
      expect(session.status.state).toBe('reconnecting')
      rig.ticks(1)
      expect(session.status.state).toBe('live')
    },
  )

  test('three intervals and 5 s of silence mean death', () => {
    server.interval = 2
    session.start()
    rig.ticks(1)
    server.answersPings = false
    const silent = server.latest
    clock.advance(10_999)
    expect(session.status.state).toBe('live')
    clock.advance(2)
    expect(session.status).toMatchObject({ state: 'reconnecting', closeReason: 'nothing heard for 11 s' })
    expect(silent.open).toBe(false)
  })

  test('where ticks are rare, a server that no longer answers is noticed as soon', () => {
    server.interval = 60
    session.start()
    rig.ticks(1)
    server.answersPings = false
    clock.advance(20_001)
    expect(session.status).toMatchObject({ state: 'reconnecting', closeReason: 'nothing heard for 20 s' })
  })

  test('pongs alone keep a connection alive', () => {
    session.start()
    clock.advance(600_000)
    expect(session.status.state).toBe('live')
    expect(server.connections).toHaveLength(1)
  })

  test('a server that accepts and says nothing is left after 10 s', () => {
    const mute = rig.newSession({
      socketFactory: () => ({ send: vi.fn(), close: vi.fn() }),
    })
    mute.start()
    clock.advance(10_000)
    expect(mute.status).toMatchObject({ state: 'reconnecting', closeReason: 'no hello within 10 s' })
  })

  test('an address that the browser refuses is not tried again by itself', () => {
    const factory = vi.fn(() => {
      throw new Error('insecure')
    })
    const bad = rig.newSession({ socketFactory: factory })
    bad.start()
    clock.advance(600_000)
    expect(bad.status).toMatchObject({ state: 'refused', closeReason: 'insecure' })
    expect(factory).toHaveBeenCalledTimes(1)
    expect(clock.waiting).toBe(0)
  })

  test.each([
    ['a frame that cannot be read', '{"type":"update","host":"web-1","seq":0,"timestamp":1,"values":[]}'],
    ['no JSON at all', 'welcome'],
  ])('%s ends the connection, and the next one resumes', (_name, text) => {
    session.start()
    rig.ticks(2)
    server.latest.sayText(text)
    expect(session.status.state).toBe('reconnecting')
    expect(session.status.closeReason).toContain('cannot be read')
    rig.ticks(2)
    expect(rig.held()).toEqual(oneTo(4))
  })

  test('a frame before the hello ends the connection; a frame of a later version does not', () => {
    session.start()
    server.latest.say({ type: 'annotation', text: 'from the future' })
    expect(session.status.state).toBe('connecting')
    server.latest.say({ type: 'pong', id: 1, time: 1 })
    expect(session.status).toMatchObject({
      state: 'reconnecting',
      closeReason: 'the first frame was not a hello',
    })
  })

  test('another protocol is final', () => {
    server.protocol = 2
    session.start()
    clock.advance(60_000)
    expect(session.status).toMatchObject({
      state: 'refused',
      closeReason: 'the server speaks protocol 2, this app 1',
    })
    expect(server.connections).toHaveLength(1)
  })
})

describe('the page', () => {
  test.each(['visible', 'online'] as const)('%s asks a live server whether it is still there', (signal) => {
    session.start()
    rig.ticks(1)
    page.give(signal)
    clock.advance(3_500)
    expect(server.connections).toHaveLength(1)
    server.answersPings = false
    page.give(signal)
    clock.advance(2_999)
    expect(session.status.state).toBe('live')
    clock.advance(1)
    expect(session.status.closeReason).toBe('no answer to a ping within 3 s')
    clock.advance(600)
    expect(server.connections).toHaveLength(2)
  })

  test.each(['visible', 'online'] as const)('%s ends the wait for the next attempt', (signal) => {
    server.accepting = false
    session.start()
    clock.advance(20_000)
    server.accepting = true
    const before = server.connections.length
    page.give(signal)
    page.give(signal)
    clock.advance(1)
    expect(session.status.state).toBe('live')
    expect(server.connections).toHaveLength(before + 1)
  })

  test('no network is another state than a lost server, but goes on trying', () => {
    session.start()
    rig.ticks(1)
    page.give('offline')
    expect(session.status.state).toBe('live')
    server.accepting = false
    server.latest.cut()
    expect(session.status.state).toBe('offline')
    const { nextRetryAt } = session.status
    expect(nextRetryAt).toBe(clock.wallMs() + 500)
    page.give('offline')
    expect(session.status.nextRetryAt).toBe(nextRetryAt)
    server.accepting = true
    clock.advance(501)
    expect(session.status.state).toBe('live')
  })

  test('after a sleep the server is asked before it is given up', () => {
    session.start()
    rig.ticks(3)
    clock.sleep(3_600_000)
    clock.advance(5_000)
    expect(session.status.state).toBe('live')
    expect(server.connections).toHaveLength(1)
    server.answersPings = false
    clock.sleep(3_600_000)
    clock.advance(1)
    expect(session.status.state).toBe('live')
    clock.advance(3_600)
    expect(server.connections).toHaveLength(2)
  })
})
