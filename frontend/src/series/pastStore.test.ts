import { describe, expect, it, vi } from 'vitest'
import type { Stretch } from './past.ts'
import { FakePast } from './testing/fakePast.ts'

const host = 'web-1'
/** A tile of samples begins here; 300 s before FakePast's now are 999,700. */
const start = 990_000

function setup(options?: ConstructorParameters<typeof FakePast>[0]) {
  const past = new FakePast(options)
  return { past, store: past.store, viewer: past.store.viewer() }
}

const steps = (past: FakePast) => past.asked.map(({ step }) => step)
const fine = (past: FakePast) => past.asked.filter(({ step }) => step === 0)
const pending = (past: FakePast) => past.asked.filter(({ signal }) => !signal.aborted)

/** Times with their steps, which must only grow. */
function laidOut(stretches: readonly Stretch[]): { time: number; step: number }[] {
  return stretches.flatMap(({ times, step }) => [...times].map((time) => ({ time, step })))
}

describe('what is asked for', () => {
  it('is whole tiles that hold the range and a little around it', async () => {
    const { past, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    expect(fine(past)).toMatchObject([{ host, metrics: ['cpu'], from: start, to: start + 300, step: 0 }])
    viewer.want(host, ['cpu'], start + 1, start + 300, 0.5)
    await past.pass(1)
    expect(
      fine(past)
        .slice(1)
        .map(({ from }) => from)
        .sort(),
    ).toEqual([start - 300, start + 300])
  })

  it('is asked for once, however many want it', async () => {
    const { past, store, viewer } = setup()
    const other = store.viewer()
    viewer.want(host, ['cpu', 'memory'], start + 10, start + 200, 0.5)
    other.want(host, ['memory', 'swap'], start + 13, start + 200, 0.5)
    await past.pass()
    const asked = fine(past).flatMap(({ metrics, from }) => metrics.map((metric) => `${metric} ${from}`))
    expect(new Set(asked).size).toBe(asked.length)
    expect(fine(past).find(({ from }) => from === start)?.metrics).toEqual(['cpu', 'memory', 'swap'])
    await past.answerAll()
    const before = past.asked.length
    viewer.want(host, ['swap'], start + 20, start + 100, 0.5)
    await past.pass(1)
    expect(past.asked).toHaveLength(before)
  })

  it('is asked for once while it is on its way', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    const before = past.asked.length
    store.viewer().want(host, ['cpu'], start + 20, start + 100, 0.5)
    await past.pass(1)
    expect(past.asked).toHaveLength(before)
  })

  it('is never what is still to come', async () => {
    const { past, viewer } = setup()
    viewer.want(host, ['cpu'], past.now + 1000, past.now + 2000, 0.5)
    await past.pass(60)
    expect(past.asked.every(({ from }) => from <= past.now)).toBe(true)
    expect(fine(past)).toEqual([])
  })

  it('is nothing for an empty range, no series, or after the end', async () => {
    const { past, viewer } = setup()
    viewer.want(host, ['cpu'], start + 200, start, 0.5)
    viewer.want(host, [], start, start + 200, 0.5)
    await past.pass(1)
    viewer.want(host, ['cpu'], start, start + 200, 0.5)
    viewer.end()
    await past.pass(1)
    expect(past.asked).toEqual([])
  })

  it('comes coarse first where the fine picture is of many tiles, then what is in sight, then what is around', async () => {
    const { past, viewer } = setup()
    viewer.want(host, ['cpu'], start - 5000, start, 4)
    await past.answerAll()
    expect(steps(past)[0]).toBe(60)
    expect(steps(past).slice(1)).toContain(5)
    const single = setup()
    single.viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await single.past.pass()
    expect(steps(single.past), 'what is around keeps no server from what is in sight').toEqual([0])
    expect(single.store.state(host).loading).toBe(true)
    single.past.asked[0]?.answer()
    await single.past.pass()
    expect(steps(single.past), 'that is drawn before anything else is done').toEqual([0])
    await single.past.pass(0.3)
    expect(steps(single.past)).toEqual([0, 10])
    expect(single.store.state(host).loading, 'nobody waits for what is around').toBe(false)
  })

  it('runs four at once at most, and goes on as they are answered', async () => {
    const { past, store } = setup()
    for (let i = 0; i < 9; i++) store.viewer().want(`host-${i}`, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass(1)
    expect(past.asked).toHaveLength(4)
    past.asked[0]?.answer()
    await past.pass()
    expect(past.asked).toHaveLength(5)
    await past.answerAll()
    expect(new Set(fine(past).map((one) => one.host)).size).toBe(9)
  })

  it('is given up when nobody wants it any more', async () => {
    const { past, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass(1)
    viewer.want(host, ['cpu'], start - 500_000, start - 499_900, 0.5)
    await past.pass(1)
    expect(past.asked.filter(({ signal }) => signal.aborted).map(({ from }) => from)).toContain(start)
    expect(pending(past).every(({ from }) => from < start - 400_000)).toBe(true)
    // An answer that comes in spite of it is no harm.
    past.asked[0]?.answer()
    await past.pass()
    viewer.end()
    await past.pass(1)
    expect(pending(past)).toEqual([])
  })

  it('goes on when one of two viewers leaves', async () => {
    const { past, store, viewer } = setup()
    const other = store.viewer()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    other.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass(1)
    other.end()
    await past.pass(1)
    expect(pending(past)).toHaveLength(past.asked.length)
  })

  it('is looked at after a gesture has moved on, not with each of its frames', async () => {
    const { past, viewer } = setup()
    for (let frame = 0; frame < 30; frame++) {
      viewer.want(host, ['cpu'], start - 3600 * frame, start - 3600 * frame + 200, 0.5)
      await past.pass(0.016)
    }
    expect(fine(past).length).toBeLessThan(12)
  })

  it('keeps questions small enough for an address and an answer', async () => {
    const { past, viewer } = setup()
    const metrics = Array.from({ length: 500 }, (_, i) => `disk.device.read{device=very-long-name-${i}}`)
    viewer.want(host, metrics, start - 3000, start, 1)
    await past.answerAll()
    for (const { metrics: names, from, to, step } of past.asked) {
      expect(names.join(',').length).toBeLessThanOrEqual(4000)
      expect(names.length).toBeLessThanOrEqual(64)
      const perSeries = (to - from) / (step > 0 ? step : 1)
      expect(perSeries).toBeLessThanOrEqual(2400)
    }
    for (const metric of metrics)
      expect(past.store.stretches(host, metric, start - 3000, start, 1).length).toBeGreaterThan(0)
  })
})

describe('what is shown', () => {
  it('is samples as they were measured, with min, mean and max in one', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.answerAll()
    const stretches = store.stretches(host, 'cpu', start + 10, start + 200, 0.5)
    expect(stretches).toHaveLength(1)
    const [{ times, min, mean, max, step }] = stretches as [Stretch]
    expect(step).toBe(0)
    expect(times[0]).toBeLessThanOrEqual(start + 10)
    expect(times.at(-1)).toBeGreaterThanOrEqual(start + 200)
    expect([...mean]).toEqual([...times])
    expect(min).toBe(mean)
    expect(max).toBe(mean)
  })

  it('is buckets with their extremes where a pixel holds many samples', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start - 5000, start, 4)
    await past.answerAll()
    const stretches = store.stretches(host, 'cpu', start - 5000, start, 4)
    for (const { times, min, max, step } of stretches) {
      expect(step).toBe(5)
      expect([...min]).toEqual([...times])
      expect([...max]).toEqual([...times].map((time) => time + 4))
    }
    const all = laidOut(stretches)
    expect(all[0]?.time).toBeLessThanOrEqual(start - 5000)
    expect(all.every(({ time }, i) => i === 0 || time === (all[i - 1]?.time ?? 0) + 5)).toBe(true)
  })

  it('is coarse where the fine is not there yet, in order of time and without overlap', async () => {
    const { past, store, viewer } = setup()
    const stretches = () => store.stretches(host, 'cpu', start - 20_000, start, 4)
    viewer.want(host, ['cpu'], start - 20_000, start, 4)
    await past.pass()
    past.asked.find(({ step }) => step === 60)?.answer()
    await past.pass()
    expect(new Set(stretches().map(({ step }) => step))).toEqual(new Set([60]))
    // The fine ones come in two answers.
    past.asked.find(({ step }) => step === 5)?.answer()
    await past.pass()
    expect(new Set(stretches().map(({ step }) => step))).toEqual(new Set([5, 60]))
    const all = laidOut(stretches())
    for (const [i, { time, step }] of all.entries()) {
      const next = all[i + 1]
      if (next?.step === step) expect(next.time).toBe(time + step)
      else if (next !== undefined) expect(next.time).toBeGreaterThan(time)
    }
    expect(all[0]?.time).toBeLessThanOrEqual(start - 20_000)
    await past.answerAll()
    expect(new Set(stretches().map(({ step }) => step))).toEqual(new Set([5]))
  })

  it('cuts a coarse bucket short that begins before a fine one ends', async () => {
    const { past, store, viewer } = setup()
    // Tiles of 120 s buckets begin at multiples of 36,000 s, those of 1800 s buckets at multiples of 540,000 s.
    viewer.want(host, ['cpu'], 540_100, 575_900, 90)
    await past.answerAll()
    viewer.want(host, ['cpu'], 540_100, 980_000, 900)
    await past.answerAll()
    const all = laidOut(store.stretches(host, 'cpu', 540_100, 700_000, 90))
    for (const [i, { time }] of all.entries()) expect(time).toBeGreaterThan(all[i - 1]?.time ?? 0)
    expect(all.map(({ step }) => step)).toContain(120)
    expect(all.at(-1)?.step).toBeGreaterThan(120)
  })

  it('is finer than it need be rather than coarser, after zooming out', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.answerAll()
    const zoomedOut = store.stretches(host, 'cpu', start - 3000, start + 3000, 30)
    expect(zoomedOut.map(({ step }) => step)).toEqual([10, 10])
  })

  it('is nothing where nothing is', () => {
    const { store } = setup()
    expect(store.stretches(host, 'cpu', start, start + 10, 1)).toEqual([])
  })

  it('is an empty tile, asked for once, for a series that the server knows nothing of', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['nothing'], start + 10, start + 200, 0.5)
    await past.pass()
    for (const one of past.asked) one.answer({ ...past.answerTo(one), series: [] })
    await past.pass(1)
    const before = past.asked.length
    viewer.want(host, ['nothing'], start + 20, start + 100, 0.5)
    await past.pass(1)
    expect(past.asked).toHaveLength(before)
    expect(store.stretches(host, 'nothing', start + 10, start + 200, 0.5)).toEqual([])
  })

  it('shares the times of series that were measured together', async () => {
    const { past, store, viewer } = setup()
    viewer.want(host, ['cpu', 'memory'], start + 10, start + 200, 0.5)
    await past.answerAll()
    const [cpu] = store.stretches(host, 'cpu', start + 10, start + 200, 0.5)
    const [memory] = store.stretches(host, 'memory', start + 10, start + 200, 0.5)
    expect(cpu?.times.buffer).toBe(memory?.times.buffer)
  })
})

describe('a tile that was not over when it was loaded', () => {
  it('is loaded again when more of it is wanted, not sooner than five seconds later', async () => {
    const { past, store, viewer } = setup()
    const now = past.now
    viewer.want(host, ['cpu'], now - 60, now - 3, 0.1)
    await past.answerAll()
    const before = fine(past).length
    viewer.want(host, ['cpu'], now - 57, now, 0.1)
    await past.pass(2)
    expect(fine(past)).toHaveLength(before)
    await past.pass(4)
    expect(fine(past)).toHaveLength(before + 1)
    await past.answerAll()
    viewer.want(host, ['cpu'], now - 60, now + 5, 0.1)
    expect(laidOut(store.stretches(host, 'cpu', now - 60, now + 5, 0.1)).at(-1)?.time).toBeGreaterThan(now)
  })

  it('is loaded to its end once it is over', async () => {
    const { past, store, viewer } = setup()
    const end = Math.ceil(past.now / 300) * 300
    viewer.want(host, ['cpu'], past.now - 60, past.now - 10, 0.1)
    await past.answerAll()
    past.now = end + 1
    viewer.want(host, ['cpu'], end - 100, end - 5, 0.1)
    await past.answerAll()
    expect(laidOut(store.stretches(host, 'cpu', end - 100, end - 5, 0.1)).at(-1)?.time).toBeGreaterThan(
      end - 8,
    )
  })

  it('is not loaded again for what it covers', async () => {
    const { past, viewer } = setup()
    const now = past.now
    viewer.want(host, ['cpu'], now - 60, now - 10, 0.1)
    await past.answerAll()
    const before = fine(past).length
    await past.pass(60)
    viewer.want(host, ['cpu'], now - 50, now - 10, 0.1)
    await past.pass(60)
    expect(fine(past)).toHaveLength(before)
  })
})

describe('listeners', () => {
  it('are told when something of their host came in, and no more after the end', async () => {
    const { past, store, viewer } = setup()
    const [mine, others] = [vi.fn(), vi.fn()]
    const end = store.subscribe(host, mine)
    store.subscribe('db-1', others)
    viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
    await past.pass()
    expect(store.state(host).loading).toBe(true)
    mine.mockClear()
    await past.answerAll()
    expect(mine).toHaveBeenCalled()
    expect(others).not.toHaveBeenCalled()
    expect(store.state(host).loading).toBe(false)
    end()
    mine.mockClear()
    viewer.want(host, ['cpu'], start + 1000, start + 1200, 0.5)
    await past.answerAll()
    expect(mine).not.toHaveBeenCalled()
  })
})

it('ends what is under way on close', async () => {
  const { past, store, viewer } = setup()
  viewer.want(host, ['cpu'], start + 10, start + 200, 0.5)
  await past.pass()
  store.close()
  expect(pending(past)).toEqual([])
  for (const one of past.asked) one.answer()
  await past.pass(100)
  expect(past.asked.length).toBeLessThanOrEqual(2)
})
