import { describe, expect, test } from 'vitest'
import { appendRows, hostWith } from './testing/fakes.ts'
import { TimeWindow } from './timeWindow.ts'

const rows = Array.from({ length: 100 }, (_, second) => [second])

describe('TimeWindow', () => {
  test('shows the newest span, or all there is', () => {
    const host = hostWith(['cpu'], rows)
    const window = new TimeWindow(60)
    expect(window.range(host)).toEqual({ from: 1039, to: 1099 })
    window.setSpan(Number.POSITIVE_INFINITY)
    const { from, to } = window.range(host)
    expect(to).toBe(1099)
    expect(from).toBeGreaterThan(997)
    expect(from).toBeLessThanOrEqual(1000)
  })

  test('paused it stands still while rows arrive, also with another span; resumed it shows the newest', () => {
    const host = hostWith(['cpu'], rows)
    const window = new TimeWindow(60)
    window.range(host)
    window.pause()
    appendRows(host, [[1], [2], [3]], 1100)
    expect(window.range(host)).toEqual({ from: 1039, to: 1099 })
    window.setSpan(10)
    expect(window.range(host)).toEqual({ from: 1089, to: 1099 })
    window.resume()
    expect(window.range(host)).toEqual({ from: 1092, to: 1102 })
  })

  test('a host first seen while paused stands still from then on', () => {
    const host = hostWith(['cpu'], rows)
    const window = new TimeWindow(60)
    window.pause()
    expect(window.range(host).to).toBe(1099)
    appendRows(host, [[1]], 1100)
    expect(window.range(host).to).toBe(1099)
  })

  test('tells of changes only', () => {
    const window = new TimeWindow(60)
    let told = 0
    const stop = window.subscribe(() => told++)
    window.setSpan(60)
    window.setSpan(-1)
    window.resume()
    expect(told).toBe(0)
    window.setSpan(300)
    window.pause()
    window.pause()
    window.resume()
    expect(told).toBe(3)
    stop()
    window.pause()
    expect(told).toBe(3)
  })
})

test('while less is held than the window spans, the picture grows in steps and shows all of it', () => {
  const host = hostWith(['cpu'], rows)
  const window = new TimeWindow(300)
  const steps = new Set<number>()
  for (let second = 100; second < 160; second++) {
    appendRows(host, [[1]], 1000 + second)
    steps.add(window.stretch(host))
    expect(window.stretch(host)).toBeGreaterThanOrEqual(second)
    expect(window.stretch(host)).toBeLessThan(second * 1.021)
  }
  expect(steps.size).toBeLessThan(30)
  appendRows(host, [[1]], 1300)
  expect(window.stretch(host)).toBe(300)
})

test('a moment is shown on a minute', () => {
  const stretch = new TimeWindow(300).stretch(hostWith(['cpu'], [[1], [2]]))
  expect(stretch).toBeGreaterThanOrEqual(60)
  expect(stretch).toBeLessThan(62)
})

test('a pause holds for the hosts that are shown after it, too', () => {
  const first = hostWith(['cpu'], rows)
  const other = hostWith(['cpu'], rows)
  const window = new TimeWindow(60)
  window.range(other)
  window.range(first)
  window.pause()
  for (const host of [first, other]) appendRows(host, [[1], [2], [3]], 1100)
  expect(window.range(first).to).toBe(1099)
  expect(window.range(other).to).toBe(1099)
  window.resume()
  expect(window.range(other).to).toBe(1102)
})
