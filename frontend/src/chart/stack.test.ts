import { expect, test } from 'vitest'
import { Stack } from './stack.ts'

const none = Number.NaN
const line = (...values: number[]) => new Float64Array(values)

/** The upper edges of lines put on one another. */
function edges(lines: { values: Float64Array; every?: number }[]): { tops: number[][]; holes: boolean } {
  const stack = new Stack()
  stack.start(lines[0]!.values.length)
  const tops = lines.map(({ values, every = 1 }) => {
    stack.add(
      values.map((_, row) => row),
      values,
      every - 0.5,
    )
    const top = [...stack.top]
    stack.raise()
    return top
  })
  return { tops, holes: stack.holes }
}

test('each line stands on the sum of those below', () => {
  const { tops, holes } = edges([
    { values: line(1, 2, 3) },
    { values: line(10, 20, 30) },
    { values: line(5, 5, 5) },
  ])
  expect(tops).toEqual([
    [1, 2, 3],
    [11, 22, 33],
    [16, 27, 38],
  ])
  expect(holes).toBe(false)
})

test('a line without a value has a hole, and those above stand on what is below it', () => {
  const { tops, holes } = edges([
    { values: line(1, 2, 3) },
    { values: line(10, none, 30) },
    { values: line(5, 5, 5) },
  ])
  expect(tops).toEqual([
    [1, 2, 3],
    [11, none, 33],
    [16, 7, 38],
  ])
  expect(holes).toBe(true)
})

test('a slow series counts until its next value is due, not longer', () => {
  const { tops } = edges([{ values: line(none, 4, none, none, 6, none, none, none, none), every: 3 }])
  expect(tops[0]).toEqual([none, 4, 4, 4, 6, 6, 6, none, none])
})

test('is used again for fewer and for more rows', () => {
  const stack = new Stack()
  stack.start(2)
  stack.add(line(0, 1), line(1, none), 0.5)
  stack.raise()
  stack.start(3)
  stack.add(line(0, 1, 2), line(7, 8, 9), 0.5)
  expect([...stack.top]).toEqual([7, 8, 9])
  expect(stack.holes).toBe(false)
})
