import { expect, test } from 'vitest'
import { ClockOffset } from './clockOffset.ts'
import { Throughput } from './throughput.ts'

test('bytes a second are those of the last ten seconds', () => {
  const throughput = new Throughput()
  expect(throughput.bytesPerSecond(500)).toBe(0)
  for (let second = 1; second <= 30; second++) throughput.add(100, second * 1000)
  expect(throughput.bytesPerSecond(30_999)).toBe(100)
  throughput.add(900, 31_000)
  expect(throughput.bytesPerSecond(31_000)).toBe(180)
  expect(throughput.bytesPerSecond(35_000)).toBe((5 * 100 + 900) / 10)
  expect(throughput.bytesPerSecond(41_000)).toBe(0)
})

test('a young connection is not averaged over seconds that it did not have', () => {
  const throughput = new Throughput()
  throughput.add(100, 5_000)
  throughput.add(300, 6_000)
  expect(throughput.bytesPerSecond(6_500)).toBe(200)
})

test('the difference of the clocks is that of the quickest of the last dozen pings', () => {
  const offset = new ClockOffset()
  expect(offset.offsetMs).toBeUndefined()
  offset.add({ roundTripMs: 80, offsetMs: 45, steady: true })
  offset.add({ roundTripMs: 4, offsetMs: 11, steady: true })
  offset.add({ roundTripMs: 300, offsetMs: -90, steady: true })
  expect(offset.offsetMs).toBe(11)
  for (let i = 0; i < 12; i++) offset.add({ roundTripMs: 50 + i, offsetMs: i, steady: true })
  expect(offset.offsetMs).toBe(0)
})
