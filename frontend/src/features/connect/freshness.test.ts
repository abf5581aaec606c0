import { describe, expect, it } from 'vitest'
import { ageSeconds, isStale, judge, usualInterval } from './freshness.ts'
import { reasonOf, untilRetry } from './words.ts'

const lost = {
  state: 'reconnecting',
  since: 0,
  attempt: 1,
  transport: 'websocket',
  transportSince: 0,
  bytesPerSecond: 0,
  dropped: 0,
  appChanged: false,
} as const

describe('freshness', () => {
  it('is live while samples come as they should', () => {
    expect(judge('live', 0.4, 1)).toBe('live')
    expect(judge('live', 4, 1)).toBe('live')
  })

  it('is late when the connection stands and samples do not come', () => {
    expect(judge('live', 4.1, 1)).toBe('late')
    expect(judge('live', 4.1, 10)).toBe('live')
  })

  it('gives a host that only gets pushed values the time that its liveliest series takes', () => {
    const attic = { interval: 1, columns: [], custom: [{ gapSeconds: 600 }, { gapSeconds: 60 }] }
    expect(judge('live', 59, usualInterval(attic))).toBe('live')
    expect(judge('live', 62, usualInterval(attic))).toBe('late')
    expect(usualInterval({ ...attic, columns: [1] })).toBe(1)
    expect(usualInterval({ interval: 1, columns: [], custom: [] })).toBe(1)
  })

  it('is not late while the past comes in after the start', () => {
    expect(judge('live', 300, 1, 0.2)).toBe('live')
    expect(judge('live', 300, 1, 4.2)).toBe('gone')
  })

  it('takes a host for gone that is silent for long, by its own measure', () => {
    expect(judge('live', 60, 1)).toBe('late')
    expect(judge('live', 61, 1)).toBe('gone')
    expect(judge('live', 61, 10)).toBe('late')
    expect(judge('live', 101, 10)).toBe('gone')
    expect(judge('reconnecting', 101, 1)).toBe('reconnecting')
  })

  it('waits for the first sample', () => {
    expect(judge('connecting', Number.NaN, 1)).toBe('waiting')
    expect(judge('live', Number.NaN, 1)).toBe('waiting')
  })

  it.each(['reconnecting', 'offline', 'refused'] as const)('is %s when the connection is', (state) => {
    expect(judge(state, 0, 1)).toBe(state)
  })

  it('greys the page only once its values are old', () => {
    expect(isStale('live', 0.4, 1)).toBe(false)
    expect(isStale('reconnecting', 1, 1)).toBe(false)
    expect(isStale('reconnecting', 12, 1)).toBe(true)
    expect(isStale('late', 12, 1)).toBe(true)
    expect(isStale('waiting', Number.NaN, 1)).toBe(false)
  })
})

describe('the age of the newest sample', () => {
  it('is told by the clock of the server', () => {
    expect(ageSeconds(1000, 1_000_400)).toBeCloseTo(0.4)
    expect(ageSeconds(1000, 990_400, 10_000)).toBeCloseTo(0.4)
  })

  it('is never below zero and unknown without a sample', () => {
    expect(ageSeconds(1000, 999_000)).toBe(0)
    expect(ageSeconds(Number.NaN, 999_000)).toBeNaN()
  })
})

describe('words of the connection', () => {
  it('count down to the next attempt', () => {
    expect(untilRetry({ ...lost, nextRetryAt: 8000 }, 500)).toBe('in 8 s')
    expect(untilRetry({ ...lost, nextRetryAt: 8000 }, 9000)).toBe('now')
    expect(untilRetry(lost, 0)).toBe('now')
  })

  it('give the reason of the server before our own', () => {
    expect(reasonOf({ ...lost, closeCode: 4500, closeReason: 'token expired' })).toBe('token expired')
    expect(reasonOf({ ...lost, closeCode: 1006 })).toBe('the connection was cut')
    expect(reasonOf(lost)).toBe('the server could not be reached')
  })
})
