import { expect, test } from 'vitest'
import { HeatImage, type HeatGeometry } from './heatImage.ts'
import { heatPalette, parseColor } from './heatPalette.ts'
import { appendRows, fakeTheme, hostWith } from './testing/fakes.ts'
import { FakeCanvas, type RecordingContext } from './testing/recordingContext.ts'

const palette = Uint32Array.from({ length: 256 }, (_, index) => 1000 + index)
const geometry: HeatGeometry = { bucket: 1, buckets: 4, height: 4, ratio: 1, max: 100 }

/** The columns of pixels put onto the canvas, by their place. */
function watch(context: RecordingContext): { columns: Map<number, number[]>; puts: number[] } {
  const columns = new Map<number, number[]>()
  const puts: number[] = []
  Object.assign(context, {
    putImageData: (
      { data, width }: ImageData,
      x: number,
      _y: number,
      from: number,
      _top: number,
      count: number,
    ) => {
      const pixels = new Uint32Array(data.buffer.slice(0))
      for (let column = from; column < from + count; column++) {
        puts.push(x + column)
        columns.set(
          x + column,
          [...pixels].filter((_, at) => at % width === column),
        )
      }
    },
  })
  return { columns, puts }
}

test('a tick paints one new column and the newest again; the ring goes round', () => {
  const host = hostWith(
    ['a', 'b'],
    [
      [0, 100],
      [100, 0],
    ],
    1000,
  )
  const canvas = new FakeCanvas()
  const image = new HeatImage(canvas.asCanvas)
  image.reset(geometry, palette, host.columns)
  const { columns, puts } = watch(canvas.context)
  image.paint(host, 998, 1001)
  expect(puts).toEqual([2, 3, 0, 1])
  expect(columns.get(0)).toEqual([1000, 1000, 1255, 1255])
  expect(columns.get(1)).toEqual([1255, 1255, 1000, 1000])
  expect(columns.get(2)).toEqual([0, 0, 0, 0])

  puts.length = 0
  appendRows(host, [[50, null]], 1002)
  image.paint(host, 999, 1002)
  expect(puts).toEqual([1, 2])
  expect(columns.get(2)).toEqual([1128, 1128, 0, 0])
})

test('after the clock of the host went back everything is painted anew', () => {
  const host = hostWith(['a'], [[10], [20], [30]], 1000)
  const canvas = new FakeCanvas()
  const image = new HeatImage(canvas.asCanvas)
  image.reset(geometry, palette, host.columns)
  image.paint(host, 999, 1002)
  const { columns } = watch(canvas.context)
  appendRows(host, [[100]], 1001)
  image.paint(host, 998, 1001)
  expect(columns.get(1001 % 4)![0]).toBe(1255)
  expect(columns.size).toBe(4)
})

test('several rows of one bucket are their mean', () => {
  const host = hostWith(['a'], [[10], [30], [80]], 1000)
  const canvas = new FakeCanvas()
  const image = new HeatImage(canvas.asCanvas)
  image.reset({ ...geometry, bucket: 2, height: 1 }, palette, host.columns)
  const { columns } = watch(canvas.context)
  image.paint(host, 500, 501)
  expect([columns.get(500 % 4), columns.get(501 % 4)]).toEqual([[1000 + 51], [1000 + 204]])
})

test('a row with room shows a bar', () => {
  const host = hostWith(['a'], [[50]], 1000)
  const canvas = new FakeCanvas()
  const image = new HeatImage(canvas.asCanvas)
  image.reset({ ...geometry, height: 42 }, palette, host.columns)
  const { columns } = watch(canvas.context)
  image.paint(host, 1000, 1000)
  const pixels = columns.get(0)!
  const idle = pixels.filter((pixel) => pixel === 1000).length
  const bar = pixels.filter((pixel) => pixel > 1000).length
  expect([idle, bar]).toEqual([20, 20])
})

test('the picture is copied in two parts where the ring ends', () => {
  const host = hostWith(['a'], [[1]], 1000)
  const canvas = new FakeCanvas()
  const image = new HeatImage(canvas.asCanvas)
  image.reset(geometry, palette, host.columns)
  const onto = new FakeCanvas().context
  image.draw(onto.asContext, 1002, 1004, 10, 6, 5)
  expect(onto.log('drawImage')).toEqual([
    'drawImage object 2 0 2 4 10 6 10 4',
    'drawImage object 0 0 1 4 20 6 5 4',
  ])
})

test('the palette goes from idle to full through the colours of the theme', () => {
  const theme = fakeTheme({
    '--heat0': '#000000',
    '--c1': '#0000ff',
    '--c3': 'rgb(255, 255, 0)',
    '--c5': '#f00',
  })
  const bytes = new Uint8Array(heatPalette(theme).buffer)
  expect([...bytes.slice(0, 4)]).toEqual([0, 0, 0, 255])
  expect([...bytes.slice(-4)]).toEqual([255, 0, 0, 255])
  expect(bytes[140 * 4 + 2]).toBeGreaterThan(250)
})

test.each([
  ['#5b9dff', [91, 157, 255]],
  ['#fff', [255, 255, 255]],
  ['rgb(1, 2, 3)', [1, 2, 3]],
  ['rgba(10 20 30 / 50%)', [10, 20, 30]],
  ['transparent', [128, 128, 128]],
])('%s is red, green and blue', (color, parts) => {
  expect(parseColor(color)).toEqual(parts)
})

test('one missing tick is bridged, a longer hole stays empty', () => {
  const host = hostWith(['a'], [[50]], 1000)
  appendRows(host, [[100]], 1002)
  appendRows(host, [[100]], 1005.99)
  const canvas = new FakeCanvas()
  const image = new HeatImage(canvas.asCanvas)
  image.reset({ ...geometry, buckets: 8 }, palette, host.columns)
  const { columns } = watch(canvas.context)
  image.paint(host, 1000, 1006)
  const seen = [1000, 1001, 1002, 1003, 1004, 1005, 1006].map((bucket) => columns.get(bucket % 8)![0])
  expect(seen).toEqual([1128, 1128, 1255, 1255, 0, 1255, 1255])
})
