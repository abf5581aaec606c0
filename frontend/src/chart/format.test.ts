import { describe, expect, test } from 'vitest'
import {
  axisLabel,
  axisUnit,
  formatAge,
  formatClock,
  formatDay,
  formatDuration,
  formatInstant,
  formatMilliseconds,
  formatOffset,
  formatText,
  formatZone,
  type Unit,
} from './format.ts'

const gibibyte = 2 ** 30

describe('formatText', () => {
  test.each<[number | undefined, Unit, string]>([
    [23.64, 'percent', '23.6 %'],
    [100, 'percent', '100.0 %'],
    [-0.01, 'percent', '0.0 %'],
    [0, 'bytes', '0 B'],
    [1023, 'bytes', '1023 B'],
    [1024, 'bytes', '1.0 KiB'],
    [14.2 * gibibyte, 'bytes', '14.2 GiB'],
    [512 * 2 ** 20, 'bytes', '512 MiB'],
    [1023.97 * 2 ** 20, 'bytes', '1.0 GiB'],
    [1.62 * 2 ** 40, 'bytes', '1.62 TiB'],
    [48_200_000, 'bytes/s', '48.2 MB/s'],
    [999_960, 'bytes/s', '1.0 MB/s'],
    [640, 'bytes/s', '640 B/s'],
    [0.5, 'bytes/s', '0.5 B/s'],
    [12_345, '1/s', '12.3 k/s'],
    [61.4, 'celsius', '61 °C'],
    [0.0012, 'seconds', '1.2 ms'],
    [0.000_05, 'seconds', '50.0 µs'],
    [12.34, 'seconds', '12.3 s'],
    [1_051_200, 'seconds', '12 d 4 h'],
    [12_345, 'count', '12\u202f345'],
    [999, 'count', '999'],
    [1_234_567.25, 'count', '1\u202f234\u202f567.3'],
    [1, 'boolean', 'yes'],
    [0, 'boolean', 'no'],
    [1.844, '', '1.84'],
    [3, 'furlongs', '3.00 furlongs'],
    [undefined, 'percent', '–'],
    [Number.NaN, 'bytes', '–'],
  ])('%s %s is %s', (value, unit, text) => {
    expect(formatText(value, unit)).toBe(text)
  })
})

test.each([
  [0.42, '0.4 s'],
  [-0.2, '0.0 s'],
  [9.96, '10 s'],
  [59.6, '1 min'],
  [3600, '1 h'],
  [90_000, '1 d'],
  [Number.NaN, '–'],
])('an age of %s s is %s', (seconds, text) => {
  expect(formatAge(seconds)).toBe(text)
})

test.each([
  [42.9, '42 s'],
  [125, '2 min 5 s'],
  [300, '5 min'],
  [3600, '1 h'],
  [11_520, '3 h 12 min'],
  [86_400, '1 d'],
])('%s s last %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})

test("a clock shows the viewer's own time", () => {
  const time = new Date(2026, 10, 21, 9, 5, 7).getTime() / 1000
  expect(formatClock(time)).toBe('09:05:07')
  expect(formatClock(time, false)).toBe('09:05')
  expect(formatZone(time)).not.toBe('')
})

describe('labels of an axis', () => {
  test.each<[number, Unit, string[]]>([
    [100, 'percent', ['0 %', '50 %', '100 %']],
    [15, 'percent', ['0 %', '7.5 %', '15 %']],
    [24 * gibibyte, 'bytes', ['0', '12', '24 GiB']],
    [50e6, 'bytes/s', ['0', '25', '50 MB/s']],
    [1e9, 'bytes/s', ['0', '0.5', '1 GB/s']],
    [4, '', ['0', '2', '4']],
    [0.001, 'seconds', ['0', '0.5', '1 ms']],
    [20_000, 'jobs', ['0', '10000', '20000 jobs']],
    [20e6, 'jobs', ['0', '10', '20 M jobs']],
    [8e6, 'count', ['0', '4', '8 M']],
    [2e-11, 's', ['0', '1', '2e−11']],
    [1e301, 'wei', ['0', '0.5', '1e301']],
  ])('up to %s %s', (ceiling, unit, labels) => {
    const scale = axisUnit(ceiling, unit)
    expect([0, ceiling / 2, ceiling].map((value) => axisLabel(value, scale, value === ceiling))).toEqual(
      labels,
    )
  })

  test('what is drawn downward has no minus', () => {
    expect(axisLabel(-50e6, axisUnit(50e6, 'bytes/s'), false)).toBe('50')
  })
})

describe('times of the network', () => {
  test('round trips and delays', () => {
    const texts = [0.84, 24.4, 1240, undefined, Number.NaN].map(formatMilliseconds)
    expect(texts).toEqual(['0.8 ms', '24 ms', '1.2 s', '–', '–'])
  })

  test('differences of clocks', () => {
    const texts = [3, -3, 1200, -0.2, undefined].map(formatOffset)
    expect(texts).toEqual(['+3 ms', '−3 ms', '+1.2 s', '0 ms', '–'])
  })
})

describe('instants', () => {
  const time = new Date(2026, 10, 21, 14, 32, 7).getTime() / 1000
  const at = (day: number) => new Date(2026, 10, day, 20).getTime()

  test('today is told by the time of day, another day by its date too', () => {
    expect(formatInstant(time, at(21))).toBe('14:32:07')
    expect(formatInstant(time, at(22))).toBe('21 Nov 14:32')
    expect(formatDay(time)).toBe('21 Nov')
  })

  test('where the crosshair points is told to the second on any day', () => {
    expect(formatInstant(time, at(22), true)).toBe('21 Nov 14:32:07')
  })

  test('no time has no day', () => {
    expect(formatDay(Number.NaN)).toBe('–')
  })
})
