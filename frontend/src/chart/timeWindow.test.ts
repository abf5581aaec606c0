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

describe('until it is known what is recorded', () => {
  function waiting(span: number) {
    const host = hostWith(['cpu'], rows)
    const window = new TimeWindow(span)
    window.limits.awaitRecorded()
    return { host, window }
  }

  test('a picture is as long as was asked for, and can be moved and widened beyond what is held', () => {
    const { host, window } = waiting(86_400)
    expect(window.range(host)).toEqual({ from: 1099 - 86_400, to: 1099 })
    window.zoom(2)
    expect(window.stretch(host)).toBe(2 * 86_400)
    window.pan(-1000)
    expect(window.range(host).to).toBe(99)
  })

  test('a server that keeps nothing fills its charts once it has said so, and what draws hears of it', () => {
    const { host, window } = waiting(86_400)
    let told = 0
    window.follow(() => told++)
    window.limits.endWait()
    window.limits.endWait()
    expect(told).toBe(1)
    expect(window.stretch(host)).toBeLessThan(102)
  })

  test('a history that begins earlier leaves the picture as it is', () => {
    const { host, window } = waiting(3600)
    window.limits.setOldest(host.host.name, -10_000)
    window.limits.endWait()
    expect(window.stretch(host)).toBe(3600)
  })

  test('all there is means what is held', () => {
    const { host, window } = waiting(Number.POSITIVE_INFINITY)
    expect(window.range(host).from).toBeGreaterThan(997)
  })
})

test('what a live window of another length would show is known before', () => {
  const host = hostWith(['cpu'], rows)
  for (const window of [new TimeWindow(60), new TimeWindow(300)]) {
    for (const span of [30, 90, 86_400]) {
      const range = window.liveRange(host, span)
      window.live(span)
      expect(window.range(host)).toEqual(range)
    }
    window.show(1000, 1060)
    expect(window.liveRange(host, 90)).toEqual({ from: 1009, to: 1099 })
  }
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

describe('the past', () => {
  const long = Array.from({ length: 1000 }, (_, second) => [second])

  function windowOf(span = 100): {
    window: TimeWindow
    shown: () => number[]
    host: ReturnType<typeof hostWith>
  } {
    const host = hostWith(['cpu'], long)
    const window = new TimeWindow(span)
    const shown = () => {
      const { from, to } = window.range(host)
      return [from, to]
    }
    shown()
    return { window, shown, host }
  }

  test('a stretch stands while rows arrive, and is the same for every host', () => {
    const { window, shown, host } = windowOf()
    window.show(1200, 1300)
    appendRows(host, [[1]], 2000)
    expect([window.mode, window.moves, window.span]).toEqual(['fixed', false, 100])
    expect(shown()).toEqual([1200, 1300])
    expect(window.range(hostWith(['cpu'], []))).toEqual({ from: 1200, to: 1300 })
    window.live()
    expect(shown()).toEqual([1900, 2000])
  })

  test.each([
    [1300, 1200],
    [1300, 1300],
    [Number.NaN, 1300],
    [1200, Number.POSITIVE_INFINITY],
  ])('from %s to %s is no stretch', (from, to) => {
    const { window } = windowOf()
    window.show(from, to)
    expect(window.mode).toBe('live')
  })

  test('zooming keeps the instant under the pointer in its place', () => {
    const { window, shown } = windowOf()
    window.show(1200, 1300)
    window.zoom(0.5, 1225)
    expect(shown()).toEqual([1212.5, 1262.5])
    window.zoom(2, 1225)
    expect(shown()).toEqual([1200, 1300])
    window.zoom(0.5)
    expect(shown()).toEqual([1225, 1275])
  })

  test('zooming in on a live picture leaves it, zooming out does not', () => {
    const { window, shown } = windowOf()
    window.zoom(2, 1950)
    expect([window.mode, window.span]).toEqual(['live', 200])
    window.zoom(0.5)
    expect([window.mode, window.span]).toEqual(['live', 100])
    window.zoom(0.5, 1950)
    expect([window.mode, ...shown()]).toEqual(['fixed', 1924.5, 1974.5])
  })

  test('nothing is closer than ten samples, nor wider than the past', () => {
    const { window, shown, host } = windowOf()
    window.show(1200, 1300)
    window.zoom(0.001, 1250)
    expect(window.span).toBe(10)
    window.zoom(1e6, 1250)
    expect(shown()).toEqual([1000, 1999])
    window.limits.setOldest(host.host.name, 0)
    window.zoom(1e6, 1250)
    expect(shown()).toEqual([0, 1999])
  })

  test('moving ends where the past does, on either side', () => {
    const { window, shown } = windowOf()
    window.show(1200, 1300)
    window.pan(-50)
    expect(shown()).toEqual([1150, 1250])
    window.pan(-500)
    expect(shown()).toEqual([1000, 1100])
    window.pan(5000)
    expect(shown()).toEqual([1899, 1999])
  })

  test('back goes through what was shown, one step for a gesture', () => {
    const { window, shown } = windowOf()
    expect(window.back()).toBe(false)
    window.show(1200, 1300)
    window.beginGesture()
    for (let turn = 0; turn < 3; turn++) window.zoom(0.8, 1250)
    window.endGesture()
    window.pan(10)
    expect(window.back()).toBe(true)
    expect(window.span).toBeCloseTo(51.2)
    window.back()
    expect(shown()).toEqual([1200, 1300])
    window.back()
    expect([window.mode, window.canGoBack]).toEqual(['live', false])
  })

  test('a gesture that came to nothing is no step, nor is what an address names', () => {
    const { window } = windowOf()
    window.beginGesture()
    window.endGesture()
    window.adopt({ mode: 'fixed', from: 1200, to: 1300 })
    expect([window.mode, window.canGoBack]).toEqual(['fixed', false])
  })

  test('live shows as much as it did last', () => {
    const { window, shown } = windowOf(60)
    window.show(1200, 1300)
    window.pan(1)
    window.live()
    expect(shown()).toEqual([1939, 1999])
  })

  test('a playback shows the past as if it were live, from where the picture begins', () => {
    const { window, shown } = windowOf()
    const moves: number[] = []
    let changes = 0
    window.follow(() => moves.push(window.position))
    window.subscribe(() => changes++)
    window.show(1200, 1300)
    window.play(10)
    expect(shown()).toEqual([1100, 1200])
    window.advance(2)
    expect(shown()).toEqual([1120, 1220])
    window.pause()
    window.advance(2)
    window.step(-3)
    expect([window.position, window.paused]).toEqual([1217, true])
    window.seek(5000)
    expect(window.position).toBe(1999)
    window.seek(0)
    expect(window.position).toBe(1000)
    expect(changes).toBe(3)
    expect(moves.slice(1)).toEqual([1200, 1220, 1220, 1217, 1999, 1000])
    window.back()
    expect(shown()).toEqual([1200, 1300])
  })

  test('a playback that reaches the present is live', () => {
    const { window } = windowOf()
    window.play(60, 1990)
    window.advance(1)
    expect([window.mode, window.span, window.position]).toEqual(['live', 100, Number.NaN])
  })

  test('the recorded past widens a live window beyond what its rows hold', () => {
    const { window, shown, host } = windowOf(5000)
    expect(window.stretch(host)).toBeLessThan(1100)
    window.limits.setOldest(host.host.name, -10_000)
    expect(shown()).toEqual([-3001, 1999])
  })

  test('a ghost is told of', () => {
    const { window } = windowOf()
    let told = 0
    window.subscribe(() => told++)
    window.setGhost(86_400)
    window.setGhost(86_400)
    window.setGhost(-1)
    expect([window.ghost, told]).toEqual([86_400, 1])
  })
})
