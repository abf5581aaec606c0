import { expect, test } from 'vitest'
import { drivePlayback } from './playback.ts'
import { FrameScheduler } from './scheduler.ts'
import { FakePage, hostWith } from './testing/fakes.ts'
import { TimeWindow } from './timeWindow.ts'

const host = hostWith(
  ['cpu'],
  Array.from({ length: 1000 }, (_, second) => [second]),
)

test('a playback moves on with the frames of the page, at its speed', () => {
  const page = new FakePage()
  const window = new TimeWindow()
  const stop = drivePlayback(window, new FrameScheduler(page))
  expect(page.framePending).toBe(false)
  window.show(1200, 1300)
  window.range(host)
  window.play(4)
  for (const nowMs of [0, 100, 200]) page.frame(nowMs)
  expect(window.position).toBeCloseTo(1200.8)
  window.pause()
  page.frame(300)
  expect(page.framePending).toBe(false)
  window.resume()
  page.frame(9000)
  expect(window.position).toBeCloseTo(1200.8)
  page.frame(9100)
  expect(window.position).toBeCloseTo(1201.2)
  stop()
  page.frame(9200)
  expect(window.position).toBeCloseTo(1201.2)
})

test('after a nap of the page it goes on where it was', () => {
  const page = new FakePage()
  const window = new TimeWindow()
  drivePlayback(window, new FrameScheduler(page))
  window.show(1200, 1300)
  window.range(host)
  window.play(1)
  page.frame(0)
  page.frame(60_000)
  expect(window.position).toBeCloseTo(1200.25)
})

test('at the present it becomes live and the frames end', () => {
  const page = new FakePage()
  const window = new TimeWindow()
  drivePlayback(window, new FrameScheduler(page))
  window.show(1950, 1999)
  window.range(host)
  window.play(1000, 1990)
  for (const nowMs of [0, 100, 200]) page.frame(nowMs)
  expect([window.mode, window.span, page.framePending]).toEqual(['live', 49, false])
})
