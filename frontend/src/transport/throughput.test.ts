import { expect, test } from 'vitest'
import { ClockOffset, OneWayOffset } from './clockOffset.ts'
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
  expect(offset.add({ roundTripMs: 80, offsetMs: 45 })).toBe(45)
  expect(offset.add({ roundTripMs: 4, offsetMs: 11 })).toBe(11)
  expect(offset.add({ roundTripMs: 300, offsetMs: -90 })).toBe(11)
  for (let i = 0; i < 11; i++) offset.add({ roundTripMs: 50 + i, offsetMs: i })
  expect(offset.add({ roundTripMs: 70, offsetMs: 99 })).toBe(0)
})

test('of times that a server sends unasked the least late one of the last dozen counts', () => {
  const offset = new OneWayOffset()
  expect(offset.add(5_000, 4_100)).toBe(900)
  expect(offset.add(6_000, 5_010)).toBe(990)
  expect(offset.add(7_000, 6_500)).toBe(990)
  for (let i = 0; i < 11; i++) offset.add(8_000, 7_100)
  expect(offset.add(9_000, 8_100)).toBe(900)
})
