import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ticker } from './ticker.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('has one timer for all that listen, and none once they have gone', () => {
  const every = ticker(1000)
  const [one, other] = [vi.fn(), vi.fn()]
  const stops = [every(one), every(other)]
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(2000)
  expect([one.mock.calls.length, other.mock.calls.length]).toEqual([2, 2])
  stops[0]?.()
  vi.advanceTimersByTime(1000)
  expect([one.mock.calls.length, other.mock.calls.length]).toEqual([2, 3])
  stops[1]?.()
  expect(vi.getTimerCount()).toBe(0)
})
