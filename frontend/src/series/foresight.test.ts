import { describe, expect, it } from 'vitest'
import { FakePast } from './testing/fakePast.ts'

const host = 'web-1'
const start = 990_000
const hour = { from: start - 3600, to: start }
/** Longer than a hand has to rest. */
const rest = 0.06

/** Somebody who looks at the present, and has all of it. */
function looking() {
  const past = new FakePast()
  const viewer = past.store.viewer()
  viewer.want(host, ['cpu', 'memory'], Number.NaN, Number.NaN, 0.5)
  const { foresight } = past.store
  return { past, viewer, foresight, open: () => past.asked.filter(({ signal }) => !signal.aborted) }
}

describe('what somebody is about to look at', () => {
  it('is loaded as all who look now would want it, and is there when they do', async () => {
    const { past, viewer, foresight } = looking()
    foresight.foresee(hour)
    await past.answerAll()
    expect(past.asked.length).toBeGreaterThan(0)
    expect(past.asked.every(({ metrics, step }) => step === 5 && metrics.length === 2)).toBe(true)
    const before = past.asked.length
    viewer.want(host, ['cpu', 'memory'], hour.from, hour.to, 3)
    await past.pass()
    expect(viewer.loading).toBe(false)
    expect(past.asked.filter(({ step }) => step === 5)).toHaveLength(before)
  })

  it('is on its way when it is wanted soon, and not asked for twice', async () => {
    const { past, viewer, foresight } = looking()
    foresight.foresee(hour)
    await past.pass(rest)
    const before = past.asked.length
    expect(before).toBeGreaterThan(0)
    viewer.want(host, ['cpu', 'memory'], hour.from, hour.to, 3)
    await past.pass(rest)
    expect(viewer.loading).toBe(true)
    expect(past.asked).toHaveLength(before)
    expect(past.asked.some(({ signal }) => signal.aborted)).toBe(false)
  })

  it('is nothing for a hand that only passes, and given up when it leaves', async () => {
    const { past, foresight, open } = looking()
    foresight.foresee(hour)
    await past.pass(0.02)
    foresight.foresee()
    await past.pass(1)
    expect(past.asked).toEqual([])
    foresight.foresee(hour)
    await past.pass(rest)
    expect(open().length).toBeGreaterThan(0)
    foresight.foresee()
    await past.pass(rest)
    expect(open()).toEqual([])
  })

  it('comes after what is in sight, and nobody is told to wait for it', async () => {
    const { past, viewer, foresight } = looking()
    foresight.foresee(hour)
    await past.pass(rest)
    expect([viewer.loading, past.store.state(host).loading]).toEqual([false, false])
    const other = looking()
    other.foresight.foresee(hour)
    const seen = other.past.store.viewer()
    for (let i = 0; i < 9; i++)
      other.past.store.viewer().want(`host-${i}`, ['cpu'], start + 10, start + 200, 0.5)
    seen.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await other.past.pass(rest)
    expect(other.past.asked.some(({ step }) => step === 5)).toBe(false)
  })

  it('is not asked for again and again while the hand stays', async () => {
    const { past, foresight } = looking()
    foresight.foresee({ from: past.now - 3600, to: past.now })
    await past.answerAll()
    const before = past.asked.length
    await past.pass(600)
    expect(past.asked).toHaveLength(before)
  })

  it('is no more than a day, which keeps a server busy', async () => {
    const { past, foresight } = looking()
    foresight.foresee({ from: start - 7 * 86_400, to: start })
    await past.pass(1)
    expect(past.asked).toEqual([])
  })
})
