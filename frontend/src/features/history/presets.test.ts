import { describe, expect, it } from 'vitest'
import { barPresets, nameOfSeconds, presetsFor, secondsNamed } from './presets.ts'

const day = 86_400
const names = (presets: readonly { name: string }[]) => presets.map(({ name }) => name).join(' ')

describe('the lengths of time on offer', () => {
  it.each([
    [0, '1m 5m 15m all'],
    [600, '1m 5m 15m 1h'],
    [day, '1m 5m 15m 1h 6h 24h'],
    [1.5 * day, '1m 5m 15m 1h 6h 24h 36h'],
    [15 * day, '1m 5m 15m 1h 6h 24h 7d 15d'],
    [30 * day, '1m 5m 15m 1h 6h 24h 7d 30d'],
    [45 * day, '1m 5m 15m 1h 6h 24h 7d 30d 45d'],
    [100 * day, '1m 5m 15m 1h 6h 24h 7d 30d 90d 100d'],
  ])('reach as far as is kept: %i s', (kept, expected) => {
    expect(names(presetsFor(kept))).toBe(expected)
  })

  it('never crowd the bar', () => {
    expect(names(barPresets(1000 * day))).toBe('1m 5m 15m 1h 6h 24h 7d 1000d')
  })

  it('are titled by what is kept where that is no usual length', () => {
    const last = (kept: number) => presetsFor(kept).at(-1)?.title
    expect([15 * day, 1.5 * day, 7 * day, 5400].map(last)).toEqual([
      ...['Last 15 days', 'Last 36 hours', 'Last 7 days', 'Last 90 minutes'],
    ])
  })
})

describe('the name of a length', () => {
  it.each<[number, string]>([
    [60, '1m'],
    [day, '24h'],
    [7 * day, '7d'],
    [15 * day, '15d'],
    [7200, '2h'],
    [420, '7m'],
    [437.4, '437s'],
    [Infinity, 'all'],
  ])('of %d s is %s, and back', (seconds, name) => {
    expect(nameOfSeconds(seconds)).toBe(name)
    expect(secondsNamed(name)).toBe(Math.round(seconds))
  })

  it.each(['', '5', 'm', '0m', '-5m', '5 m', '1e3s', '99999999999s', undefined, null, 5, {}])(
    '%j is no length',
    (name) => {
      expect(secondsNamed(name)).toBeUndefined()
    },
  )
})
