/**
 * The page of the bench of a day: ten series of a server's past at 1 s, over `?charts=1` chart or shared out among several.
 * The script drives it through `window.bench`.
 */
import { fetchHistory, fetchPastHosts } from '../src/api/history.ts'
import { Crosshair } from '../src/chart/crosshair.ts'
import { LiveChart } from '../src/chart/liveChart.ts'
import { FrameScheduler } from '../src/chart/scheduler.ts'
import { ChartTheme } from '../src/chart/theme.ts'
import { TimeWindow } from '../src/chart/timeWindow.ts'
import { HostSeries } from '../src/series/hostSeries.ts'
import { PastStore } from '../src/series/pastStore.ts'

const query = new URLSearchParams(location.search)
const chartCount = Number(query.get('charts') ?? 1)
const lines = 10
const day = 86_400
const closest = 300
const colors = ['--c1', '--c2', '--c3', '--c4', '--c5', '--c6']
const base = new URL('/', location.href)

const [first] = await fetchPastHosts(base)
if (first === undefined) throw new Error('the server has no past')
const { name } = first.host
// What was invented ends when the program started.
const to = first.oldest + day + 1800
const newest = await fetchHistory(base, { host: name, metrics: ['cpu*', 'load*'], from: to - 10, to })
const catalog = newest.series.slice(0, lines).map(({ series }) => series)
if (catalog.length < lines)
  throw new Error(`the server has ${catalog.length} series of processors, not ${lines}`)
const host = new HostSeries({ name, hostname: name }, 1)
host.applyCatalog({ type: 'catalog', host: name, series: catalog })

const past = new PastStore({
  load: (_, metrics, from, end, step, signal) =>
    fetchHistory(base, { host: name, metrics, from, to: end, step, rounded: true }, signal),
  now: () => Date.now() / 1000,
  interval: () => 1,
})
const timeWindow = new TimeWindow()
const scheduler = new FrameScheduler(undefined, () => timeWindow.inGesture)
const theme = new ChartTheme()
const place = document.getElementById('charts')!
place.style.gridTemplateColumns = `repeat(${Math.min(2, chartCount)}, 1fr)`

for (let chart = 0; chart < chartCount; chart++) {
  const box = document.createElement('div')
  const canvas = document.createElement('canvas')
  box.style.width = '100%'
  box.append(canvas)
  place.append(box)
  const share = host.columns.slice((chart * lines) / chartCount, ((chart + 1) * lines) / chartCount)
  new LiveChart(
    canvas,
    { host, past, window: timeWindow, crosshair: new Crosshair(), theme, scheduler },
    {
      lines: share.map((column, index) => ({ column, label: `${index}`, color: colors[index % 6]! })),
      unit: 'percent',
      height: 230,
      label: 'Processors',
    },
  )
}

const frame = () => new Promise<number>(requestAnimationFrame)

/** Moves the window as a hand does. */
async function gesture(frames: number, act: (frame: number) => void): Promise<number> {
  timeWindow.beginGesture()
  const longest = await longestFrame(frames, act)
  timeWindow.endGesture()
  return Math.max(longest, await whileLoading())
}

/** Does something in each frame; the longest that one took from its begin to that of the next, in ms. */
async function longestFrame(frames: number, act: (frame: number) => void): Promise<number> {
  let longest = 0
  let before = await frame()
  for (let i = 0; i < frames; i++) {
    act(i)
    const now = await frame()
    longest = Math.max(longest, now - before)
    before = now
  }
  return longest
}

async function whileLoading(): Promise<number> {
  let longest = 0
  do longest = Math.max(longest, await longestFrame(10, () => undefined))
  while (past.state(name).loading)
  return longest
}

const bench = {
  /** Draws the day, from the first question to the last answer. */
  async draw(): Promise<number> {
    timeWindow.show(to - day, to)
    return whileLoading()
  },
  /** Zooms in to five minutes and out again within so many frames, with all that is loaded meanwhile. */
  async zoom(frames: number): Promise<number> {
    const factor = (closest / day) ** (2 / frames)
    return gesture(frames, (i) => timeWindow.zoom(i < frames / 2 ? factor : 1 / factor, to - day / 3))
  },
  /** Moves an hour of the day from its end to its begin. */
  async pan(frames: number): Promise<number> {
    timeWindow.show(to - 3600, to)
    return gesture(frames, () => timeWindow.pan(-(day - 3600) / frames))
  },
}
export type Bench = typeof bench
Object.assign(window, { bench })
