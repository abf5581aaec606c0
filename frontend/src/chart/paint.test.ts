import { expect, test } from 'vitest'
import { Bands } from '../series/bands.ts'
import { Polyline } from '../series/polyline.ts'
import { Trace } from '../series/tracer.ts'
import { fillBands, fillLine, strokeLayer, strokeLine, type Projection } from './paint.ts'
import { paintTrace } from './ringLine.ts'
import { RecordingContext } from './testing/recordingContext.ts'

/** Ten pixels a second from time 100 at pixel 5; a unit is two pixels, zero at 50. */
const projection: Projection = { from: 100, left: 5, perSecond: 10, zero: 50, perUnit: 2 }
const path = ['moveTo', 'lineTo', 'stroke']

/** Points at full seconds from 100; `null` starts the next one anew. */
function polyline(...values: (number | null)[]): Polyline {
  const line = new Polyline()
  let startsAnew = true
  values.forEach((value, second) => {
    if (value !== null) line.add(100 + second, value, startsAnew)
    startsAnew = value === null
  })
  return line
}

function span(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index)
}

/** The columns that were stroked: the left edge of one that is a CSS pixel wide. */
function columnsOf(context: RecordingContext): { x: number; top: number; bottom: number }[] {
  const points = context.calls.filter(({ name }) => name === 'moveTo' || name === 'lineTo')
  return points.flatMap(({ name, args }, index) => {
    if (name !== 'moveTo') return []
    const [x = NaN, top = NaN] = (args as number[]).map((value) => Math.round(value * 100) / 100)
    const bottom = Math.round(100 * (points[index + 1]!.args[1] as number)) / 100
    return [{ x: x - 0.5, top, bottom }]
  })
}

function traceOf(...values: number[]): Trace {
  const trace = new Trace()
  values.forEach((value, second) => trace.line.add(100 + second, value, second === 0))
  return trace
}

test('a line goes through its points', () => {
  const context = new RecordingContext()
  strokeLine(context.asContext, polyline(0, 10, 5), projection)
  expect(context.log(...path)).toEqual(['moveTo 5 50', 'lineTo 15 30', 'lineTo 25 40', 'stroke'])
})

test('a gap is not crossed, and a lone point becomes a dot', () => {
  const context = new RecordingContext()
  strokeLine(context.asContext, polyline(1, 2, null, 3, null, 4), projection)
  expect(context.log(...path)).toEqual([
    'moveTo 5 48',
    'lineTo 15 46',
    'moveTo 35 44',
    'lineTo 36 44',
    'moveTo 55 42',
    'lineTo 56 42',
    'stroke',
  ])
})

test('an area reaches down to zero, column by column, each piece on its own', () => {
  const context = new RecordingContext()
  fillLine(context.asContext, polyline(1, 2, null, 3, 4), undefined, projection, 1)
  const columns = columnsOf(context)
  expect(columns.map(({ x }) => x)).toEqual([...span(5, 15), ...span(35, 45)])
  expect(columns[0]).toEqual({ x: 5, top: 47.9, bottom: 50 })
  expect(columns[9]).toEqual({ x: 14, top: 46.1, bottom: 50 })
  expect(columns[10]).toEqual({ x: 35, top: 43.9, bottom: 50 })
})

test('a stacked area reaches down to the line below, between its points too', () => {
  const context = new RecordingContext()
  fillLine(context.asContext, polyline(5, 5, null, 6, 6), polyline(1, 2, 3, 4, 5), projection, 1)
  const columns = columnsOf(context)
  expect(columns[0]).toEqual({ x: 5, top: 40, bottom: 47.9 })
  expect(columns[9]).toEqual({ x: 14, top: 40, bottom: 46.1 })
  expect(columns.at(-1)).toEqual({ x: 44, top: 38, bottom: 40.1 })
  expect(columns).toHaveLength(20)
})

test('an area is a column wide on the screen, whatever its ratio, and wide steps leave no hole', () => {
  const context = new RecordingContext()
  fillLine(context.asContext, polyline(1, 1, 1), undefined, projection, 2)
  expect(context.lineWidth).toBe(0.5)
  expect(columnsOf(context).map(({ x }) => x)).toEqual(span(10, 50).map((x) => x / 2 - 0.25))
})

test('where a layer has no height nothing is filled', () => {
  const context = new RecordingContext()
  fillLine(context.asContext, polyline(3, 3, 5), polyline(3, 3, 3), projection, 1)
  expect(columnsOf(context).map(({ x }) => x)).toEqual(span(15, 25))
})

test('drawn downward, values grow below zero; the next line is drawn upward again', () => {
  const context = new RecordingContext()
  const target = {
    context: context.asContext,
    projection: { ...projection },
    ratio: 1,
    lineWidth: 1.4,
  }
  paintTrace(target, traceOf(1, 2), undefined, { color: 'red', fill: 0, below: true })
  paintTrace(target, traceOf(1, 2), undefined, { color: 'blue', fill: 0, below: false })
  expect(context.log('moveTo', 'lineTo')).toEqual([
    'moveTo 5 52',
    'lineTo 15 54',
    'moveTo 5 48',
    'lineTo 15 46',
  ])
})

test('the area is faint, the line is not, and both have the colour of the series', () => {
  const context = new RecordingContext()
  const target = {
    context: context.asContext,
    projection: { ...projection },
    ratio: 1,
    lineWidth: 1.4,
  }
  paintTrace(target, traceOf(1, 2), undefined, { color: 'red', fill: 0.2, below: false })
  const [fill, stroke] = context.calls.filter(({ name }) => name === 'stroke')
  expect([fill!.strokeStyle, fill!.globalAlpha]).toEqual(['red', 0.2])
  expect([stroke!.strokeStyle, stroke!.globalAlpha]).toEqual(['red', 1])
})

test('a line that may turn with each pixel is thinner than others', () => {
  const context = new RecordingContext()
  const target = { context: context.asContext, projection: { ...projection }, ratio: 1, lineWidth: 2.8 }
  const style = { color: 'red', fill: 0, below: false }
  paintTrace(target, traceOf(1, 2), undefined, style)
  expect(target.context.lineWidth).toBe(2.8)
  paintTrace(target, Object.assign(traceOf(1, 2), { crowded: true }), undefined, style)
  expect(target.context.lineWidth).toBe(2)
})

test('no points paint no line', () => {
  const context = new RecordingContext()
  fillLine(context.asContext, polyline(), undefined, projection, 1)
  strokeLine(context.asContext, polyline(), projection)
  expect(context.log('moveTo', 'lineTo')).toEqual([])
})

test('a long line is stroked in parts that touch', () => {
  const context = new RecordingContext()
  strokeLine(context.asContext, polyline(...Array.from({ length: 100 }, (_, second) => second)), projection)
  expect(context.count('stroke')).toBe(3)
  const points = context.calls.filter(({ name }) => name === 'moveTo' || name === 'lineTo')
  const starts = points.flatMap(({ name }, index) => (name === 'moveTo' && index > 0 ? [index] : []))
  expect(starts.length).toBe(2)
  for (const start of starts) expect(points[start]!.args).toEqual(points[start - 1]!.args)
})

test('a layer has an edge where it has height, and none over the layer beneath it where it has not', () => {
  const context = new RecordingContext()
  const base = polyline(5, 5, 5, 5, 5, 5, 5)
  strokeLayer(context.asContext, polyline(5, 5.2, 9, 5, 5, null, 8), base, projection)
  expect(context.log(...path)).toEqual([
    'moveTo 5 40',
    'moveTo 15 39.6',
    'lineTo 25 32',
    'lineTo 35 40',
    'moveTo 45 40',
    'moveTo 65 34',
    'lineTo 66 34',
    'stroke',
  ])
})

test('the height of a layer is that above the newest point beneath it, or above the only one', () => {
  const context = new RecordingContext()
  strokeLayer(context.asContext, polyline(null, 5, 5, 9), polyline(5), projection)
  expect(context.log('lineTo')).toEqual(['lineTo 35 32'])
})

test('a band covers whole pixels from its lowest to its highest value; neighbours leave no seam', () => {
  const context = new RecordingContext()
  const bands = new Bands()
  bands.add(100, 102, 1, 5)
  bands.add(102, 104, 2, 3)
  bands.add(104, 104.5, 4, 10)
  fillBands(context.asContext, bands, { ...projection, left: 0, perSecond: 0.7 }, 2)
  expect(context.log('fillRect')).toEqual(['fillRect 0 40 1.5 8', 'fillRect 1.5 44 1.5 2'])
  // One that is a pixel wide is a stroke of that width.
  expect(context.log('moveTo', 'lineTo')).toEqual(['moveTo 3.25 30', 'lineTo 3.25 42'])
  expect(context.calls.find(({ name }) => name === 'stroke')?.lineWidth).toBe(0.5)
})

test('a band that its line covers is not filled, drawn upward or downward', () => {
  const context = new RecordingContext()
  const bands = new Bands()
  bands.add(100, 101, 1, 1.2)
  bands.add(101, 102, 1, 1.3)
  fillBands(context.asContext, bands, projection, 2)
  fillBands(context.asContext, bands, { ...projection, perUnit: -2 }, 2)
  expect(context.log('fillRect').map((call) => call.split(' ')[1])).toEqual(['15', '15'])
  expect(context.count('stroke')).toBe(0)
})

test('bands are faint, lie on the side of their line, and the line lies over them', () => {
  const context = new RecordingContext()
  const target = { context: context.asContext, projection: { ...projection }, ratio: 1, lineWidth: 1.4 }
  const trace = traceOf(1, 2)
  trace.bands.add(100, 101, 1, 3)
  paintTrace(target, trace, undefined, { color: 'red', fill: 0, below: true })
  const [band, stroke] = ['fillRect', 'stroke'].map((name) =>
    context.calls.findIndex((call) => call.name === name),
  )
  expect(band).toBeLessThan(stroke!)
  expect(context.calls[band!]).toMatchObject({ fillStyle: 'red', globalAlpha: 0.3, args: [5, 56, 10, -4] })
  expect(context.calls[stroke!]!.globalAlpha).toBe(1)
})
