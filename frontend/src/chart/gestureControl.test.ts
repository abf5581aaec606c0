import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Crosshair } from './crosshair.ts'
import type { Plot } from './crosshairControl.ts'
import { GestureControl } from './gestureControl.ts'
import { fakeTheme, hostWith } from './testing/fakes.ts'
import { FakeCanvas } from './testing/recordingContext.ts'
import { TimeWindow } from './timeWindow.ts'

const host = hostWith(
  ['cpu'],
  Array.from({ length: 1000 }, (_, second) => [second]),
)

describe('GestureControl', () => {
  let canvas: FakeCanvas
  let window: TimeWindow
  let control: GestureControl
  let crosshair: Crosshair

  beforeEach(() => {
    vi.useFakeTimers()
    canvas = new FakeCanvas()
    window = new TimeWindow(100)
    crosshair = new Crosshair()
    // A pixel a second from pixel 50 on; the axis is below pixel 80.
    const plot: Plot = {
      host,
      get range() {
        return window.range(host)
      },
      area: { left: 50, right: 150, top: 0, bottom: 80 },
      oldest: 1000,
      timeAt: (pixel) =>
        pixel < 50 ? undefined : window.range(host).from + ((pixel - 50) / 100) * window.span,
      rowBeyond: () => Number.NaN,
    }
    window.show(1200, 1300)
    window.range(host)
    control = new GestureControl(canvas.asCanvas, { window, crosshair, theme: fakeTheme() }, plot)
  })

  afterEach(() => {
    control.destroy()
    vi.useRealTimers()
  })

  function send(type: string, more: object): Event {
    const defaults = { pointerType: 'mouse', pointerId: 1, button: 0, offsetX: 0, offsetY: 40 }
    const event = Object.assign(new Event(type, { cancelable: true }), { ...defaults, ...more })
    canvas.dispatchEvent(event)
    return event
  }

  const shown = () => {
    const { from, to } = window.range(host)
    return [Math.round(from * 10) / 10, Math.round(to * 10) / 10]
  }

  test('a drag selects a stretch, says how long it is, and zooms to it', () => {
    send('pointerdown', { offsetX: 130 })
    send('pointermove', { offsetX: 70 })
    expect(canvas.boxes[0]!.label).toBe('1 min')
    expect(shown()).toEqual([1200, 1300])
    send('pointerup', { offsetX: 70 })
    expect(shown()).toEqual([1220, 1280])
    expect(canvas.boxes[0]!.style['display']).toBe('none')
    window.back()
    expect(shown()).toEqual([1200, 1300])
  })

  test('Escape lets go of a selection; the click after it is none', () => {
    let clicks = 0
    canvas.addEventListener('click', () => clicks++)
    send('pointerdown', { offsetX: 130 })
    send('pointermove', { offsetX: 70 })
    expect(send('keydown', { key: 'Escape' }).defaultPrevented).toBe(true)
    send('pointerup', { offsetX: 70 })
    send('click', { offsetX: 70 })
    expect([...shown(), clicks]).toEqual([1200, 1300, 0])
    send('pointerdown', { offsetX: 90 })
    send('pointerup', { offsetX: 90 })
    send('click', { offsetX: 90 })
    expect([...shown(), clicks]).toEqual([1200, 1300, 1])
  })

  test('a drag on the axis pans, as one step to go back from', () => {
    send('pointerdown', { offsetX: 60, offsetY: 90 })
    for (const offsetX of [70, 85, 100]) send('pointermove', { offsetX, offsetY: 90 })
    send('pointerup', { offsetX: 100, offsetY: 90 })
    expect(shown()).toEqual([1160, 1260])
    window.back()
    expect(shown()).toEqual([1200, 1300])
  })

  test('a wheel scrolls the page; with Ctrl it zooms, with Shift it pans', () => {
    expect(send('wheel', { deltaX: 0, deltaY: 100, deltaMode: 0 }).defaultPrevented).toBe(false)
    expect(shown()).toEqual([1200, 1300])
    const zoom = { deltaX: 0, deltaY: -100, deltaMode: 0, ctrlKey: true, offsetX: 75 }
    expect(send('wheel', zoom).defaultPrevented).toBe(true)
    const factor = Math.exp(-0.3)
    expect(window.span).toBeCloseTo(100 * factor)
    expect(shown()[0]).toBeCloseTo(1225 - 25 * factor, 1)
    send('wheel', { deltaX: 0, deltaY: 40, deltaMode: 0, shiftKey: true })
    expect(shown()[0]).toBeCloseTo(1225 + 15 * factor, 1)
    vi.advanceTimersByTime(1000)
    window.back()
    expect(shown()).toEqual([1200, 1300])
  })

  test('sideways a trackpad pans the past, and leaves a live picture alone', () => {
    send('wheel', { deltaX: -10, deltaY: 1, deltaMode: 0 })
    expect(shown()).toEqual([1190, 1290])
    window.live()
    expect(send('wheel', { deltaX: -10, deltaY: 1, deltaMode: 0 }).defaultPrevented).toBe(false)
    expect(window.mode).toBe('live')
  })

  test('two fingers zoom about what lies between them, and pan', () => {
    const finger = (pointerId: number, offsetX: number) => ({ pointerType: 'touch', pointerId, offsetX })
    send('pointerdown', finger(1, 90))
    send('pointermove', finger(1, 90))
    expect(shown()).toEqual([1200, 1300])
    send('pointerdown', finger(2, 110))
    send('pointermove', finger(1, 80))
    send('pointermove', finger(2, 120))
    expect(window.span).toBeCloseTo(50)
    expect(shown()[0]).toBeCloseTo(1225, 0)
    send('pointermove', finger(1, 90))
    send('pointermove', finger(2, 130))
    expect(shown()[0]).toBeLessThan(1225)
    send('pointerup', finger(2, 130))
    send('pointerup', finger(1, 90))
    window.back()
    expect(shown()).toEqual([1200, 1300])
  })

  test('a double click and Backspace go back', () => {
    window.show(1230, 1240)
    send('dblclick', { offsetX: 70 })
    expect(shown()).toEqual([1200, 1300])
    window.show(1230, 1240)
    send('keydown', { key: 'Backspace' })
    expect(shown()).toEqual([1200, 1300])
  })

  test.each([
    [{ key: '+' }, [1216.7, 1283.3]],
    [{ key: '-' }, [1175, 1325]],
    [{ key: 'ArrowRight' }, [1200, 1300]],
    [{ key: 'ArrowRight', shiftKey: true }, [1200, 1300]],
    [{ key: '+', ctrlKey: true }, [1200, 1300]],
  ])('the key %j', (press, expected) => {
    send('keydown', press)
    expect(shown()).toEqual(expected)
  })

  test('a phone goes on scrolling the page', () => {
    expect(canvas.style['touchAction']).toBe('pan-y')
  })

  test('destroyed in the middle of a drag it leaves nothing behind', () => {
    send('pointerdown', { offsetX: 130 })
    send('pointermove', { offsetX: 70 })
    control.destroy()
    send('pointerup', { offsetX: 70 })
    expect([...shown(), canvas.boxes[0]!.removed]).toEqual([1200, 1300, true])
  })
})
