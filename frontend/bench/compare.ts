/**
 * The page of the comparison: the same rows drawn by LiveChart or by uPlot.
 * `?kind=vitals|anew|uplot&charts=12&points=3600`; `anew` is ours with every line painted anew in every
 * frame, as while an axis glides. The script drives it through `window.bench`.
 */
import uPlot from 'uplot'
import { Crosshair } from '../src/chart/crosshair.ts'
import { LiveChart } from '../src/chart/liveChart.ts'
import { FrameScheduler, type Drawable } from '../src/chart/scheduler.ts'
import { ChartTheme } from '../src/chart/theme.ts'
import { TimeWindow } from '../src/chart/timeWindow.ts'
import type { Column } from '../src/series/column.ts'
import { noPast } from '../src/series/testing/noPast.ts'
import { SyntheticHost, type Invented } from './synthetic.ts'

const query = new URLSearchParams(location.search)
const chartCount = Number(query.get('charts') ?? 12)
const points = Number(query.get('points') ?? 3600)
const kind = query.get('kind') ?? 'vitals'

const seriesPerChart = 4
const hertz = 10
const interval = 1 / hertz
const colors = ['--c1', '--c2', '--c3', '--c4']
const size = { width: 380, height: 230 }

const invented: Invented[] = Array.from({ length: chartCount * seriesPerChart }, (_, index) => ({
  metric: `walk{series=${index}}`,
  unit: 'percent',
  base: 20 + (index % seriesPerChart) * 20,
  wobble: 4,
}))
const host = new SyntheticHost(invented, interval, 1_700_000_000)
const span = points * interval
host.tick(points)

const scheduler = new FrameScheduler()
const theme = new ChartTheme()
const timeWindow = new TimeWindow(span)
const place = document.getElementById('charts')!

function columnsOf(chart: number): Column[] {
  return host.series.columns.slice(chart * seriesPerChart, (chart + 1) * seriesPerChart)
}

function addVitals(chart: number): void {
  const box = document.createElement('div')
  const canvas = document.createElement('canvas')
  box.append(canvas)
  place.append(box)
  const services = {
    host: host.series,
    past: noPast,
    window: timeWindow,
    crosshair: new Crosshair(),
    theme,
    scheduler,
  }
  const lines = columnsOf(chart).map((column, index) => ({
    column,
    label: `${index}`,
    color: colors[index]!,
  }))
  new LiveChart(canvas, services, { lines, unit: 'percent', max: 100, height: size.height, label: 'Walk' })
}

/** uPlot on the same rings, drawn by the same frame and only while on screen, with lines of its own usual width. */
function addUplot(chart: number): void {
  const box = document.createElement('div')
  place.append(box)
  const columns = columnsOf(chart)
  const axis = { stroke: theme.color('--axis'), font: theme.font(11), ticks: { show: false } }
  const plot = new uPlot(
    {
      ...size,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true, auto: false }, y: { auto: false, range: [0, 100] } },
      axes: [
        { ...axis, grid: { show: false }, size: 18 },
        { ...axis, grid: { stroke: theme.color('--grid'), width: 1 }, size: 45, splits: () => [0, 50, 100] },
      ],
      series: [
        {},
        ...columns.map((_, index) => ({
          stroke: theme.color(colors[index]!),
          width: 1,
          points: { show: false },
        })),
      ],
    },
    uplotData(columns),
    box,
  )
  const drawable: Drawable = {
    element: box,
    draw: () => {
      const { newestTime } = host.series
      plot.batch(() => {
        plot.setData(uplotData(columns), false)
        plot.setScale('x', { min: newestTime - span, max: newestTime })
      })
    },
  }
  host.series.subscribe('rows', () => scheduler.mark(drawable))
  scheduler.add(drawable)
}

function uplotData(columns: readonly Column[]): uPlot.AlignedData {
  const { newestTime } = host.series
  const rows = host.series.rows(newestTime - span, newestTime)
  return [host.series.times(rows), ...columns.map((column) => host.series.values(column, rows))]
}

for (let chart = 0; chart < chartCount; chart++) (kind === 'uplot' ? addUplot : addVitals)(chart)

function tick(rows: number): void {
  // Another scale, if by a hair: nothing painted can be kept.
  if (kind === 'anew') timeWindow.setSpan(timeWindow.span > span ? span : span * (1 + 1e-9))
  host.tick(rows)
}

/** Ticks at 10 Hz by the clock; resolves with how many there were. */
async function ticksFor(seconds: number): Promise<number> {
  const start = performance.now()
  let ticks = 0
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      tick(1)
      ticks++
      if (performance.now() - start < seconds * 1000) return
      clearInterval(timer)
      requestAnimationFrame(() => resolve(ticks))
    }, 1000 / hertz)
  })
}

/** Simulated time at speed: some ticks each frame. */
async function rush(ticks: number, ticksPerFrame: number): Promise<void> {
  for (let done = 0; done < ticks; done += ticksPerFrame) {
    tick(ticksPerFrame)
    await new Promise(requestAnimationFrame)
  }
}

const bench = { ticksFor, rush }
export type Bench = typeof bench
Object.assign(window, { bench })
