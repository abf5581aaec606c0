import { beforeEach, describe, expect, test } from 'vitest'
import { RowWalk, type Side } from '../series/rowWalk.ts'
import { noPast } from '../series/testing/noPast.ts'
import { Crosshair } from './crosshair.ts'
import { CrosshairControl, nearestRowTime } from './crosshairControl.ts'
import { appendRows, hostWith } from './testing/fakes.ts'
import { FakeCanvas } from './testing/recordingContext.ts'
import { TimeWindow } from './timeWindow.ts'

const host = hostWith(
  ['cpu'],
  Array.from({ length: 20 }, (_, second) => [second]),
)
const range = { from: 1010, to: 1019 }
/** Ten pixels a second from pixel 50 on. */
const area = { left: 50, right: 140, top: 0, bottom: 100 }
const plot = {
  host,
  range,
  area,
  oldest: 1000,
  timeAt: (pixel: number) => (pixel < 50 ? undefined : 1010 + (pixel - 50) / 10),
  rowBeyond: (time: number, side: Side) =>
    new RowWalk(host, noPast).beyond(time, side, side > 0 ? range.to : range.from, host.columns, 1),
}

test.each([
  [1003.4, 1003],
  [1003.6, 1004],
  [1018.2, 1018],
  [1018.9, 1018], // what comes after what is shown is not to be seen
  [900, 900],
])('the row nearest to %s is at %s', (time, nearest) => {
  expect(nearestRowTime(host, time, { from: 800, to: 1018.9 })).toBe(nearest)
})

describe('CrosshairControl', () => {
  let canvas: FakeCanvas
  let crosshair: Crosshair
  let window: TimeWindow
  let control: CrosshairControl

  beforeEach(() => {
    canvas = new FakeCanvas()
    crosshair = new Crosshair()
    window = new TimeWindow()
    window.show(range.from, range.to)
    control = new CrosshairControl(canvas.asCanvas, { crosshair, window }, plot)
  })

  function pointer(type: string, offsetX: number, more: object = {}): void {
    canvas.dispatchEvent(
      Object.assign(new Event(type), { pointerType: 'mouse', button: 0, buttons: 0, offsetX, ...more }),
    )
  }

  function press(key: string, more: object = {}): boolean {
    const event = Object.assign(new Event('keydown', { cancelable: true }), { key, ...more })
    return !canvas.dispatchEvent(event)
  }

  test('the mouse points at samples, and leaves nothing behind', () => {
    pointer('pointermove', 84)
    expect(crosshair.time).toBe(1013)
    pointer('pointermove', 10)
    expect(crosshair.time).toBeUndefined()
    pointer('pointermove', 84)
    pointer('pointerleave', 84)
    expect(crosshair.time).toBeUndefined()
  })

  test('a click pins, the next one frees', () => {
    pointer('pointermove', 60)
    pointer('click', 60)
    pointer('pointermove', 100)
    pointer('pointerleave', 100)
    expect([crosshair.time, crosshair.pinned]).toEqual([1011, true])
    pointer('click', 100)
    expect([crosshair.time, crosshair.pinned]).toEqual([1015, false])
  })

  test('a finger sets and keeps it, a tap beside the plot removes it', () => {
    const touch = { pointerType: 'touch', buttons: 1 }
    pointer('pointerdown', 70, touch)
    pointer('pointermove', 90, touch)
    pointer('pointerleave', 90, touch)
    expect([crosshair.time, crosshair.pinned]).toEqual([1014, true])
    pointer('pointerdown', 20, touch)
    expect(crosshair.time).toBeUndefined()
  })

  test('keys walk over the samples and stop at the ends', () => {
    expect(press('ArrowLeft')).toBe(true)
    expect(crosshair.time).toBe(1018)
    press('ArrowRight')
    press('ArrowRight')
    expect(crosshair.time).toBe(1019)
    press('PageDown')
    expect(crosshair.time).toBe(1010)
    press('End')
    expect(crosshair.time).toBe(1019)
    press('Home')
    expect(crosshair.time).toBe(1010)
    press('Escape')
    expect(crosshair.time).toBeUndefined()
  })

  test('with Shift an arrow makes ten steps, or as many as there are', () => {
    press('ArrowLeft', { shiftKey: true })
    expect(crosshair.time).toBe(1010)
    press('ArrowRight')
    press('ArrowRight', { shiftKey: true })
    expect(crosshair.time).toBe(1019)
  })

  test('keys cross a hole of any length, both ways', () => {
    const holed = hostWith(['cpu'], [[0], [1]])
    appendRows(holed, [[2], [3]], 1014)
    appendRows(holed, [[4]], 1017.5)
    const walk = new RowWalk(holed, noPast)
    const shown = { from: 1000, to: 1020 }
    window.show(shown.from, shown.to)
    control.destroy()
    control = new CrosshairControl(
      canvas.asCanvas,
      { crosshair, window },
      {
        ...plot,
        host: holed,
        range: shown,
        rowBeyond: (time, side) =>
          walk.beyond(time, side, side > 0 ? shown.to : shown.from, holed.columns, 1),
      },
    )
    const steps = (key: string) =>
      Array.from({ length: 5 }, () => {
        press(key)
        return crosshair.time
      })
    expect(steps('ArrowLeft')).toEqual([1017.5, 1015, 1014, 1001, 1000])
    press('Home')
    expect(steps('ArrowRight')).toEqual([1001, 1014, 1015, 1017.5, 1017.5])
  })

  test('without any row the keys go by the clock', () => {
    const empty = hostWith(['cpu'], [])
    control.destroy()
    control = new CrosshairControl(
      canvas.asCanvas,
      { crosshair, window },
      {
        ...plot,
        host: empty,
        oldest: range.from,
        rowBeyond: () => Number.NaN,
      },
    )
    press('ArrowLeft')
    expect(crosshair.time).toBe(1018)
    press('ArrowLeft', { shiftKey: true })
    expect(crosshair.time).toBe(1010)
  })

  test('leaves alone the keys that are not its own', () => {
    expect(press(' ')).toBe(false)
    expect(press('ArrowLeft', { ctrlKey: true })).toBe(false)
    expect(press('Escape')).toBe(false)
    expect(crosshair.time).toBeUndefined()
  })

  test('a resting mouse points at another sample when the picture has moved', () => {
    pointer('pointermove', 60)
    range.from = 1012
    crosshair.set(1005)
    control.refresh()
    expect(crosshair.time).toBe(1012)
    range.from = 1010
  })

  test('a pin that has left the picture is gone', () => {
    crosshair.pin(1010)
    control.refresh()
    expect(crosshair.time).toBe(1010)
    window.show(1011, 1019)
    control.refresh()
    expect([crosshair.time, crosshair.pinned]).toEqual([undefined, false])
  })

  test('a pin at the beginning of another chart stays, though the pixels of this one begin later', () => {
    crosshair.pin(1010)
    range.from = 1010.5
    control.refresh()
    range.from = 1010
    expect([crosshair.time, crosshair.pinned]).toEqual([1010, true])
  })

  test('destroyed, it listens no more', () => {
    control.destroy()
    pointer('pointermove', 84)
    expect(crosshair.time).toBeUndefined()
  })
})
