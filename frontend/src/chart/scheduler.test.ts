import { describe, expect, test } from 'vitest'
import { FrameScheduler, Pulse, type Drawable } from './scheduler.ts'
import { FakePage } from './testing/fakes.ts'

const element = () => ({}) as Element

/** A drawable that counts how often it is drawn. */
function counting(on?: Element): Drawable & { drawn: number } {
  const counter = {
    drawn: 0,
    draw: () => {
      counter.drawn++
    },
  }
  return on === undefined ? counter : Object.assign(counter, { element: on })
}

describe('FrameScheduler', () => {
  test('asks for one frame however much is marked, and draws each drawable once', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const [one, two] = [counting(), counting()]
    for (let i = 0; i < 5; i++) {
      scheduler.mark(one)
      scheduler.mark(two)
    }
    expect(page.requested).toBe(1)
    page.frame()
    expect([one.drawn, two.drawn]).toEqual([1, 1])
    expect(page.framePending).toBe(false)
  })

  test('what is marked while drawing is drawn in the next frame', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    let drawn = 0
    const gliding: Drawable = {
      draw: () => {
        drawn++
        if (drawn < 3) scheduler.mark(gliding)
      },
    }
    scheduler.mark(gliding)
    page.frame()
    expect(drawn).toBe(1)
    page.frame()
    page.frame()
    page.frame()
    expect(drawn).toBe(3)
  })

  test('a frame that takes too long leaves the rest to the next one, where it comes first, and sooner in a gesture', () => {
    const page = new FakePage()
    let inGesture = true
    const scheduler = new FrameScheduler(page, () => inGesture)
    const drawn: string[] = []
    const slow = Array.from('abcdefgh').map((name) => ({
      draw: () => {
        page.timeMs += 10
        drawn.push(name)
      },
    }))
    const markAll = () => slow.forEach((chart) => scheduler.mark(chart))
    const drawnBy = (frame: () => void) => {
      drawn.length = 0
      frame()
      return drawn.join('')
    }
    markAll()
    expect(drawnBy(() => page.frame())).toBe('abc')
    expect(page.framePending).toBe(true)
    markAll()
    expect(drawnBy(() => page.frame())).toBe('def')
    expect(drawnBy(() => page.frame())).toBe('gha')
    expect(drawnBy(() => page.frame())).toBe('bc')
    inGesture = false
    markAll()
    expect(drawnBy(() => page.frame())).toBe('abcd')
    expect(drawnBy(() => page.frame())).toBe('efgh')
    expect(page.framePending).toBe(false)
  })

  test('one that takes too long alone does not keep others from being drawn, nor the page from resting', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const endless = {
      draw: () => {
        page.timeMs += 1000
        scheduler.mark(endless)
      },
    }
    const [away, here] = [counting(element()), counting()]
    scheduler.add(away)
    page.scroll(away.element!, false)
    scheduler.mark(endless)
    scheduler.mark(here)
    page.frame()
    page.frame()
    expect([away.drawn, here.drawn]).toEqual([0, 1])
    scheduler.remove(endless)
    page.frame()
    expect(page.framePending).toBe(false)
  })

  test('one that is removed while others are drawn is not drawn any more', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const chart = counting()
    scheduler.mark({ draw: () => scheduler.remove(chart) })
    scheduler.mark(chart)
    page.frame()
    expect(chart.drawn).toBe(0)
  })

  test('off screen nothing is drawn and no frame is asked for; coming into view draws once', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const place = element()
    const chart = counting(place)
    scheduler.add(chart)
    page.frame()
    page.scroll(place, false)
    const before = page.requested
    scheduler.mark(chart)
    scheduler.mark(chart)
    expect(page.requested).toBe(before)
    page.scroll(place, true)
    page.frame()
    expect(chart.drawn).toBe(2)
  })

  test('a chart off screen does not keep one on screen from being drawn', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const [away, here] = [counting(element()), counting(element())]
    scheduler.add(away)
    scheduler.add(here)
    page.scroll(away.element!, false)
    page.frame()
    expect([away.drawn, here.drawn]).toEqual([0, 1])
  })

  test('a hidden page draws nothing, and everything once when it is shown again', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const chart = counting()
    page.setVisible(false)
    for (let tick = 0; tick < 100; tick++) scheduler.mark(chart)
    expect(page.requested).toBe(0)
    page.setVisible(true)
    page.frame()
    expect(chart.drawn).toBe(1)
  })

  test('a page hidden after the frame was asked for keeps what is marked', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const chart = counting()
    scheduler.mark(chart)
    page.visible = false
    page.frame()
    expect(chart.drawn).toBe(0)
    page.setVisible(true)
    page.frame()
    expect(chart.drawn).toBe(1)
  })

  test('one that throws is reported and the others are drawn', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const fault = new Error('broken')
    const chart = counting()
    scheduler.mark({
      draw: () => {
        throw fault
      },
    })
    scheduler.mark(chart)
    page.frame()
    expect(chart.drawn).toBe(1)
    expect(page.errors).toEqual([fault])
  })

  test('an element is watched until the last of its drawables is removed', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const place = element()
    const [lines, crosshair] = [counting(place), counting(place)]
    scheduler.add(lines)
    scheduler.add(crosshair)
    scheduler.remove(lines)
    expect(page.watched.has(place)).toBe(true)
    scheduler.remove(crosshair)
    expect(page.watched.has(place)).toBe(false)
    page.frame()
    expect([lines.drawn, crosshair.drawn]).toEqual([0, 0])
  })

  test('after dispose nothing is drawn, asked for or listened to', () => {
    const page = new FakePage()
    const scheduler = new FrameScheduler(page)
    const chart = counting(element())
    scheduler.add(chart)
    scheduler.dispose()
    page.frame()
    scheduler.mark(chart)
    expect(chart.drawn).toBe(0)
    expect(page.framePending).toBe(false)
    expect(page.listening).toBe(false)
    expect(page.watched.size).toBe(0)
  })
})

describe('Pulse', () => {
  test('tells once a frame, and listens to its source only while somebody listens to it', () => {
    const page = new FakePage()
    const source = new Set<() => void>()
    const pulse = new Pulse(new FrameScheduler(page), (listener) => {
      source.add(listener)
      return () => void source.delete(listener)
    })
    let told = 0
    expect(source.size).toBe(0)
    const stop = pulse.subscribe(() => told++)
    for (const listener of [...source, ...source]) listener()
    page.frame()
    expect(told).toBe(1)
    stop()
    expect(source.size).toBe(0)
  })
})
