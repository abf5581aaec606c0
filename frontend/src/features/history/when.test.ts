import { describe, expect, it } from 'vitest'
import { rangeWords } from './rangeWords.ts'
import { parseWhen, secondsIn, typedWhen } from './when.ts'

/** Wednesday 25 November 2026, 10:30 by the clock of whoever runs this. */
const now = new Date(2026, 10, 25, 10, 30).getTime() / 1000
const at = (...parts: [number, number, number, number?, number?, number?]) => {
  const [year, month, day, hours = 0, minutes = 0, seconds = 0] = parts
  return new Date(year, month - 1, day, hours, minutes, seconds).getTime() / 1000
}

describe('an instant as people type it', () => {
  it.each<[string, number]>([
    ['now', now],
    ['-6h', now - 21_600],
    ['−90 min', now - 5400],
    ['-1h 30m', now - 5400],
    ['2 hours ago', now - 7200],
    ['1.5d ago', now - 129_600],
    ['2026-11-21 14:00', at(2026, 11, 21, 14)],
    ['2026-11-21T14:00:05', at(2026, 11, 21, 14, 0, 5)],
    ['2026-11-21', at(2026, 11, 21)],
    ['14:00 2026-11-21', at(2026, 11, 21, 14)],
    ['21.11.2026 9:05', at(2026, 11, 21, 9, 5)],
    ['21.11. 9:05', at(2026, 11, 21, 9, 5)],
    ['21 Nov 14:00', at(2026, 11, 21, 14)],
    ['Sat, 21 November 2025 at 14:00', at(2025, 11, 21, 14)],
    ['nov 21st', at(2026, 11, 21)],
    ['24 Dec 18:00', at(2025, 12, 24, 18)],
    ['yesterday 14:00', at(2026, 11, 24, 14)],
    ['14:00 yesterday', at(2026, 11, 24, 14)],
    ['Yesterday at 2pm', at(2026, 11, 24, 14)],
    ['today', at(2026, 11, 25)],
    ['friday 12am', at(2026, 11, 20)],
    ['wed 9:00', at(2026, 11, 25, 9)],
    ['last wed 9:00', at(2026, 11, 18, 9)],
    ['10:00', at(2026, 11, 25, 10)],
    ['14:00', at(2026, 11, 24, 14)],
    ['2026-11-21T14:00:00Z', Date.UTC(2026, 10, 21, 14) / 1000],
    ['2026-11-21 14:00:00+02:00', Date.UTC(2026, 10, 21, 12) / 1000],
    ['1795269600', 1_795_269_600],
    ['1795269600000', 1_795_269_600],
  ])('%s', (text, expected) => {
    expect(parseWhen(text, now)).toBe(expected)
  })

  it.each([
    '',
    '  ',
    'soon',
    '25:00',
    '14:60',
    '13pm',
    '30 Feb',
    '2026-02-30',
    '03/04/2026',
    '-6',
    '-6 parsecs',
    '6h',
    '21',
    'yesterday 99:99',
    'tomorrow',
  ])('%j is none', (text) => {
    expect(parseWhen(text, now)).toBeUndefined()
  })

  it('is read back from what a field shows', () => {
    for (const time of [at(2026, 11, 21, 14), at(2026, 1, 1), at(2026, 12, 31, 23, 59, 59)])
      expect(parseWhen(typedWhen(time), now)).toBe(time)
  })

  it('counts lengths in any unit', () => {
    expect(['1h 30m', '90 min', '2 weeks', '1h30m', '5', 'h'].map(secondsIn)).toEqual([
      5400,
      5400,
      1_209_600,
      5400,
      undefined,
      undefined,
    ])
  })
})

describe('a stretch in words', () => {
  it.each<[number, number, string]>([
    [at(2026, 11, 25, 9), at(2026, 11, 25, 10), 'today 09:00 – 10:00'],
    [at(2026, 11, 24, 9, 0, 5), at(2026, 11, 24, 9, 5, 5), 'yesterday 09:00:05 – 09:05:05'],
    [at(2026, 11, 20, 23, 30), at(2026, 11, 21, 0, 30), 'Fri 20 Nov 23:30 – Sat 21 Nov 00:30'],
    [at(2025, 12, 31, 0), at(2026, 1, 1, 0), 'Wed 31 Dec 2025 00:00 – Thu 1 Jan 00:00'],
  ])('says the days, and the seconds where they matter', (from, to, words) => {
    expect(rangeWords(from, to, now)).toBe(words)
  })
})
