import { describe, expect, it } from 'vitest'
import type { HistoryAnswer } from '../wire/history.ts'
import type { Stretch } from './past.ts'
import { away, FakePast, off, refused } from './testing/fakePast.ts'

const host = 'web-1'
/** A tile of samples begins here; 300 s before FakePast's now are 999,700. */
const start = 990_000

function setup(options?: ConstructorParameters<typeof FakePast>[0]) {
  const past = new FakePast(options)
  return { past, store: past.store, viewer: past.store.viewer() }
}

const fine = (past: FakePast) => past.asked.filter(({ step }) => step === 0)

/** Times with their steps, which must only grow. */
function laidOut(stretches: readonly Stretch[]): { time: number; step: number }[] {
  return stretches.flatMap(({ times, step }) => [...times].map((time) => ({ time, step })))
}

describe('memory', () => {
  it('is bounded: what was not used for longest goes first', async () => {
    const { past, store, viewer } = setup({ maxBytes: 60_000 })
    const tile = (i: number): [number, number] => [start + 300 * i + 10, start + 300 * i + 200]
    for (let i = 0; i < 20; i++) {
      viewer.want(host, ['cpu'], ...tile(i), 0.5)
      await past.answerAll()
      await past.pass(1)
      expect(store.bytes).toBeLessThanOrEqual(60_000)
      // The first one stays in use.
      store.stretches(host, 'cpu', ...tile(0), 0.5)
    }
    const raw = (i: number) => store.stretches(host, 'cpu', ...tile(i), 0.5).some(({ step }) => step === 0)
    expect(raw(0)).toBe(true)
    expect(raw(19)).toBe(true)
    expect(raw(1)).toBe(false)
  })

  it('too small for what is wanted ends in no storm', async () => {
    const { past, store, viewer } = setup({ maxBytes: 10_000 })
    viewer.want(host, ['a', 'b', 'c', 'd', 'e'], start - 3000, start, 1)
    await past.answerAll()
    const before = past.asked.length
    for (let i = 0; i < 20; i++) {
      viewer.want(host, ['a', 'b', 'c', 'd', 'e'], start - 3000 - i, start, 1)
      await past.pass(1)
    }
    expect(past.asked).toHaveLength(before)
    expect(store.bytes).toBeLessThanOrEqual(10_000)
  })
})

describe('a server that does not answer', () => {
  it('is asked again after 1, 2, 4 ... at most 30 seconds, by one question at a time that fails', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    const first = past.asked.length
    const times: number[] = []
    let seen = 0
    for (let second = 0; second < 200; second++) {
      for (; seen < past.asked.length; seen++) {
        times.push(past.now)
        past.asked[seen]?.fail(away())
      }
      await past.pass(0.5)
    }
    const begun = [...new Set(times.slice(first).map((time) => Math.round(time - 1_000_000)))]
    expect(begun.slice(0, 4)).toEqual([1, 3, 7, 15])
    expect(past.asked.length).toBeLessThan(24)
    expect(store.state(host)).toMatchObject({ loading: true, problem: 'gone' })
    await past.pass(60)
    await past.answerAll()
    expect(store.state(host)).toEqual({ loading: false, off: false, problem: undefined })
  })

  it('is asked at once when it comes back', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    for (const one of past.asked) one.fail(away())
    await past.pass()
    const before = past.asked.length
    store.reset()
    await past.pass(0.1)
    expect(past.asked.length).toBeGreaterThan(before)
  })

  it('says when it is asked again, and is asked before that if somebody wants it', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    for (const one of past.asked) one.fail(away())
    await past.pass()
    expect(store.state(host).retryAt).toBe(1_000_001)
    const before = past.asked.length
    store.retryNow()
    await past.pass(0.1)
    expect(past.asked.length).toBeGreaterThan(before)
    expect(store.state(host)).toEqual({ loading: true, off: false, problem: 'gone', retryAt: undefined })
  })

  it('lets no answer in that is not what was asked for', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    const wrong = { ...past.answerTo(past.asked[0]!), step: 7 } satisfies HistoryAnswer
    past.asked[0]?.answer(wrong)
    await past.pass()
    expect(store.state(host).problem).toContain('step')
    expect(store.stretches(host, 'cpu', start + 10, start + 200, 0.5)).toEqual([])
  })
})

describe('a server that refuses', () => {
  it('for a limit is asked for less at a time', async () => {
    const { past, store, viewer } = setup()
    const metrics = Array.from({ length: 8 }, (_, i) => `m${i}`)
    viewer.want(host, metrics, start - 1000, start, 1)
    for (let i = 0; i < 200; i++) {
      await past.pass()
      const one = past.asked[i]
      if (one === undefined) break
      const cells = one.metrics.length * Math.max(1, (one.to - one.from) / 300)
      if (one.step === 0 && cells > 4) one.fail(refused('limit'))
      else one.answer()
    }
    await past.pass()
    expect(store.state(host)).toEqual({ loading: false, off: false, problem: undefined })
    for (const metric of metrics)
      expect(store.stretches(host, metric, start - 1000, start, 1).every(({ step }) => step === 0)).toBe(true)
  })

  it('for good is not asked for a minute, and the rest goes on', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    for (const one of past.asked) {
      if (one.step === 0) one.fail(refused('unknown_host', 'no such host'))
      else one.answer()
    }
    await past.pass(1)
    for (const one of past.asked) if (one.step > 0) one.answer()
    await past.pass(30)
    expect(fine(past)).toHaveLength(1)
    expect(laidOut(store.stretches(host, 'cpu', start + 10, start + 200, 0.5))[0]?.step).toBe(10)
    await past.pass(36)
    expect(fine(past)).toHaveLength(2)
  })

  it('because it keeps no history is asked once', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    for (const one of past.asked) one.fail(off())
    await past.pass()
    const before = past.asked.length
    expect(store.state(host)).toEqual({ loading: false, off: true, problem: undefined })
    viewer.want(host, ['cpu'], start - 3600, start, 4)
    await past.pass(600)
    expect(past.asked).toHaveLength(before)
    store.reset()
    await past.pass()
    expect(past.asked.length).toBeGreaterThan(before)
    await past.answerAll()
    expect(store.state(host).off).toBe(false)
  })
})
