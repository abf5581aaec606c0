import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { TimeWindow } from '../../chart/timeWindow.ts'
import { HostSeries } from '../../series/hostSeries.ts'
import type { Past } from '../../series/past.ts'
import { noPast } from '../../series/testing/noPast.ts'
import { HistoryError, type HistoryStatus } from '../../wire/history.ts'
import { addMonths, dayAt, monthWeeks, startOfDay } from './days.ts'
import { emptinessOf, isOverview } from './emptiness.ts'
import { HistoryFacts, type HistoryKnown } from './historyFacts.ts'
import { behindWords } from './LivePill.tsx'
import { overviewOf, placeIn, timeAt } from './overview.ts'
import { damageWords, forecastWords, stateWords, syncWords, usedWords } from './statusWords.ts'
import {
  changeSpeed,
  goEarlier,
  goLater,
  goTo,
  nextGhost,
  rangeBefore,
  stepSamples,
  togglePlay,
} from './travel.ts'

const status: HistoryStatus = {
  state: 'recording',
  oldest: 1000,
  newest: 90_000,
  bytes: 1 << 20,
  samples: 5,
  series: 2,
  bytesPerDay: 1 << 20,
  reachSeconds: 1_296_000,
  retentionTime: 1_296_000,
  retentionBytes: 1 << 30,
  sync: 1,
  lost: 0,
  damaged: [],
}
const web = { name: 'web-1', hostname: 'web-1' }

function make() {
  const host = new HostSeries(web, 1)
  host.applyCatalog({
    type: 'catalog',
    host: 'web-1',
    series: [{ metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }],
  })
  const timestamps = Array.from({ length: 600 }, (_, i) => 89_401 + i)
  host.applySnapshot(
    { type: 'snapshot', host: 'web-1', seq: 1, timestamps, columns: [timestamps.map(() => 1)] },
    'epoch',
  )
  const window = new TimeWindow(60)
  window.limits.setOldest('web-1', 1000)
  window.range(host)
  return { host, window }
}

describe('ways through time', () => {
  it('go back by a window, on by a window, and end at the present', () => {
    const { host, window } = make()
    goEarlier(window, host)
    expect(window.view).toEqual({ mode: 'fixed', from: 89_880, to: 89_940 })
    goEarlier(window, host)
    goLater(window, host, 90_000)
    expect(window.view).toEqual({ mode: 'fixed', from: 89_880, to: 89_940 })
    goLater(window, host, 90_000)
    expect(window.view).toEqual({ mode: 'live', span: 60 })
    goLater(window, host, 90_000)
    expect(window.mode).toBe('live')
  })

  it('say before where they lead', () => {
    const { host, window } = make()
    const before = rangeBefore(window, host)
    goEarlier(window, host)
    expect(window.range(host)).toEqual(before)
  })

  it('hold a live picture, and play one that is fixed', () => {
    const { host, window } = make()
    togglePlay(window)
    expect([window.mode, window.paused]).toEqual(['live', true])
    togglePlay(window)
    window.show(2000, 2060)
    togglePlay(window)
    expect([window.mode, window.paused]).toEqual(['playing', false])
    togglePlay(window)
    expect(window.paused).toBe(true)
    expect(window.range(host).to).toBe(2000)
  })

  it('step by samples from the end of what is shown', () => {
    const { host, window } = make()
    stepSamples(window, host, 1)
    expect(window.mode).toBe('live')
    window.show(2000, 2060)
    stepSamples(window, host, -1)
    expect([window.position, window.paused]).toEqual([2059, true])
    stepSamples(window, host, 1)
    expect(window.position).toBe(2060)
  })

  it('lead to an instant, and to live at the newest', () => {
    const { host, window } = make()
    window.show(2000, 2060)
    goTo(window, host, 3000, Infinity)
    expect(window.view).toEqual({ mode: 'fixed', from: 2940, to: 3000 })
    goTo(window, host, 90_001, 90_002)
    expect(window.mode).toBe('live')
  })

  it('choose what stands behind, and how fast the past is played', () => {
    const { window } = make()
    const seen = [1, 2, 3].map(() => {
      nextGhost(window)
      return window.ghost
    })
    expect(seen).toEqual([86_400, 604_800, 0])
    changeSpeed(window, 1)
    expect(window.mode).toBe('live')
    window.show(2000, 2060)
    const speeds = [1, 1, 1, -1].map((step) => {
      changeSpeed(window, step as 1 | -1)
      return window.speed
    })
    expect(speeds).toEqual([2, 5, 10, 5])
  })
})

describe('the scrub bar', () => {
  it('covers what is shown, up to the present, in steps', () => {
    expect(overviewOf({ from: 99_000, to: 99_300 }, 100_000, Number.NaN)).toEqual({
      from: 96_400,
      to: 100_000,
    })
    expect(overviewOf({ from: 98_990, to: 99_290 }, 100_000, Number.NaN).from).toBe(96_400)
    expect(overviewOf({ from: 99_000, to: 99_300 }, 100_000, 98_000).from).toBe(98_000)
  })

  it('finds places and times within its ends', () => {
    const stretch = { from: 100, to: 200 }
    expect([50, 150, 300].map((time) => placeIn(stretch, time))).toEqual([0, 0.5, 1])
    expect([-1, 0.25, 2].map((place) => timeAt(stretch, place))).toEqual([100, 125, 200])
  })
})

describe('days', () => {
  it('stand in six weeks from Monday on', () => {
    const weeks = monthWeeks({ year: 2026, month: 11, day: 22 })
    expect(weeks).toHaveLength(6)
    expect(weeks[0]![0]).toEqual({ year: 2026, month: 10, day: 26 })
    expect(weeks[3]![6]).toEqual({ year: 2026, month: 11, day: 22 })
  })

  it('end with the month they are moved to', () => {
    expect(addMonths({ year: 2026, month: 1, day: 31 }, 1)).toEqual({ year: 2026, month: 2, day: 28 })
    expect(addMonths({ year: 2026, month: 1, day: 31 }, -2)).toEqual({ year: 2025, month: 11, day: 30 })
    const day = { year: 2026, month: 11, day: 22 }
    expect(dayAt(startOfDay(day))).toEqual(day)
  })
})

describe('the state of the history in words', () => {
  const known = (more: Partial<HistoryStatus>): HistoryKnown => ({
    kind: 'on',
    status: { ...status, ...more },
    hosts: [],
  })

  it('says what is wrong and what helps', () => {
    expect(stateWords(known({})).meaning).toBe('')
    const full = stateWords(known({ state: 'full', message: 'no space left on device' }))
    expect(full.tone).toBe('bad')
    expect(full.meaning).toContain('no space left on device')
    expect(full.remedy).toContain('--retention-size')
    expect(stateWords(known({ state: 'failed' })).remedy).not.toBe('')
    expect(stateWords(known({ state: 'behind' })).tone).toBe('warn')
    expect(stateWords(known({ state: 'resting' })).word).toBe('resting')
    expect(stateWords({ kind: 'off', status: undefined, hosts: [] }).remedy).toContain('--history off')
    expect(stateWords({ kind: 'away', status: undefined, hosts: [] }).tone).toBe('warn')
  })

  it('says how much, how long, how safe', () => {
    expect(usedWords(status)).toBe('1.0 MiB of 1.0 GiB')
    expect(forecastWords(status)).toBe('all 15 d at 1.0 MiB a day')
    expect(forecastWords({ ...status, reachSeconds: 86_400 })).toBe('1 d of 15 d at 1.0 MiB a day')
    expect(syncWords(status)).toBe('at most the last 1 s')
    expect(syncWords({ ...status, sync: 0 })).toBe('nothing')
    const damage = { file: 'a', reason: 'b', time: 1 }
    expect(damageWords({ ...status, damaged: [damage] })).toBe('1 file of the history was damaged')
    expect(damageWords({ ...status, damaged: [damage, damage] })).toContain('2 files')
    expect(damageWords(undefined)).toBe('')
  })

  it('says how far behind in one word', () => {
    expect([3, 80_000, 200].map(behindWords)).toEqual(['3 s behind', '22 h behind', '3 min behind'])
  })
})

describe('an empty stretch of the past', () => {
  const on: HistoryKnown = { kind: 'on', status, hosts: [{ host: web, oldest: 1000, newest: 90_000 }] }

  it('is before the oldest, without anything, or without a history', () => {
    const { host, window } = make()
    expect(emptinessOf(window, host, noPast, on)).toBeUndefined()
    window.show(100, 500)
    expect(emptinessOf(window, host, noPast, on)).toBe('before')
    window.show(2000, 3000)
    expect(emptinessOf(window, host, noPast, on)).toBe('empty')
    expect(emptinessOf(window, host, noPast, { ...on, kind: 'off', hosts: [] })).toBe('off')
    window.show(89_500, 89_600)
    expect(emptinessOf(window, host, noPast, on)).toBeUndefined()
  })

  it('is not told of while something is on its way, or there', () => {
    const { host, window } = make()
    window.show(2000, 3000)
    const loading = { ...noPast, state: () => ({ loading: true, off: false, problem: undefined }) }
    expect(emptinessOf(window, host, loading, on)).toBeUndefined()
    expect(emptinessOf(window, host, pastOf(2500, 0), on)).toBeUndefined()
  })

  it('is not told of where it could not be read', () => {
    const { host, window } = make()
    window.show(2000, 3000)
    const failed = { ...noPast, state: () => ({ loading: false, off: false, problem: 'gone' }) }
    expect(emptinessOf(window, host, failed, on)).toBeUndefined()
  })
})

test('a picture of blocks in the place of samples is an overview', () => {
  const { host, window } = make()
  window.show(2000, 2100)
  expect(isOverview(window, host, noPast)).toBe(false)
  expect(isOverview(window, host, pastOf(2050, 0))).toBe(false)
  expect(isOverview(window, host, pastOf(2050, 60))).toBe(true)
  expect(isOverview(window, host, pastOf(1900, 60)), 'beside what is shown').toBe(false)
})

/** A past of one value. */
function pastOf(time: number, step: number): Past {
  const values = Float64Array.of(1)
  return {
    ...noPast,
    stretches: () => [{ times: Float64Array.of(time), min: values, mean: values, max: values, step }],
  }
}

describe('what the server says of its history', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is asked for while somebody listens, and again', async () => {
    const source = {
      status: vi.fn(() => Promise.resolve(status)),
      hosts: vi.fn(() => Promise.resolve([{ host: web, oldest: 1, newest: 2 }])),
    }
    const facts = new HistoryFacts(source)
    expect(facts.known.kind).toBe('asking')
    const stop = facts.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(0)
    expect(facts.known).toMatchObject({ kind: 'on', status, hosts: [{ oldest: 1 }] })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(source.status).toHaveBeenCalledTimes(2)
    stop()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(source.status).toHaveBeenCalledTimes(2)
  })

  it('stands as it was while the server is away, and is off where none is kept', async () => {
    let answer: () => Promise<HistoryStatus> = () => Promise.resolve(status)
    const facts = new HistoryFacts({ status: () => answer(), hosts: () => Promise.resolve([]) })
    facts.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(0)
    answer = () => Promise.reject(new HistoryError('away', 'no answer'))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(facts.known).toMatchObject({ kind: 'away', status })
    answer = () => Promise.reject(new HistoryError('off', 'none'))
    await vi.advanceTimersByTimeAsync(5000)
    expect(facts.known.kind).toBe('off')
  })
})
