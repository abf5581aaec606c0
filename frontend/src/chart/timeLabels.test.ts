import { expect, test } from 'vitest'
import { fakeTheme } from './testing/fakes.ts'
import { RecordingContext } from './testing/recordingContext.ts'
import { TimeLabels } from './timeLabels.ts'

/** Unix seconds in the zone of the viewer. */
function at(day: number, hours = 0, minutes = 0): number {
  return new Date(2026, 10, day, hours, minutes).getTime() / 1000
}

function labels(from: number, to: number, width: number): unknown[] {
  const context = new RecordingContext()
  const span = { min: from, max: to, left: 0, right: width, top: 100 }
  new TimeLabels().draw(context.asContext, fakeTheme(), span)
  return context.calls.filter(({ name }) => name === 'fillText').map(({ args }) => args[0])
}

test('within a day times are told', () => {
  expect(labels(at(21, 9, 50), at(21, 11, 10), 400)).toEqual(['10:00', '10:15', '10:30', '10:45', '11:00'])
  expect(labels(at(21, 10), at(21, 10, 1), 400)).toContain('10:00:30')
})

test('where a day begins, a long range tells which', () => {
  expect(labels(at(20, 15), at(22, 21), 900)).toEqual([
    ...['18:00', '21 Nov', '06:00', '12:00', '18:00'],
    ...['22 Nov', '06:00', '12:00', '18:00'],
  ])
})

test('of many days only these are told', () => {
  const week = labels(at(15, 14), at(22, 14), 800)
  expect(week).toEqual(['16 Nov', '17 Nov', '18 Nov', '19 Nov', '20 Nov', '21 Nov', '22 Nov'])
})

test('of months and years their names are told, and none touches the next', () => {
  const since = (year: number, month: number) => new Date(year, month, 15).getTime() / 1000
  expect(labels(since(2026, 8), since(2027, 3), 500)).toEqual([
    'Oct',
    'Nov',
    'Dec',
    '2027',
    'Feb',
    'Mar',
    'Apr',
  ])
  expect(labels(since(2025, 10), since(2026, 10), 310)).toEqual(['2026', 'Apr', 'Jul', 'Oct'])
  expect(labels(since(2016, 10), since(2026, 10), 310)).toEqual(['2020', '2025'])
})

test('days that are several apart begin at midnight, wherever the clocks were changed', () => {
  const year = labels(at(1) - 250 * 86_400, at(1) - 200 * 86_400, 600)
  expect(year.length).toBeGreaterThan(5)
  expect(year.every((text) => /^\d+ \w+$/.test(String(text)))).toBe(true)
})

test('a short range over midnight keeps to times', () => {
  expect(labels(at(21, 23, 59), at(22, 0, 1), 400)).toContain('00:00:00')
})

test('a day on which the clocks are changed begins at midnight too', () => {
  const spring = [new Date(2026, 2, 1), new Date(2026, 4, 1)].map((date) => date.getTime() / 1000)
  const texts = labels(spring[0]!, spring[1]!, 5000)
  expect(texts.every((text) => /^\d+ (Mar|Apr|May)$/.test(String(text)))).toBe(true)
  expect(new Set(texts).size).toBe(texts.length)
})
