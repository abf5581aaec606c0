/**
 * Main-thread time of our charts and of uPlot's on the same data, in the same run, and whether the heap stays flat.
 * `npm run bench -- --repeats 5 --seconds 5`
 */
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { build, preview } from 'vite'
import { browserOptions } from './browser.mjs'

const { values: options } = parseArgs({
  options: {
    repeats: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    cells: { type: 'string', default: '12x300,12x3600,50x300,50x3600' },
    heap: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const repeats = Number(options.repeats)
const seconds = Number(options.seconds)
const cells = options.cells.split(',').map((cell) => cell.split('x').map(Number))

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
const fixed = (number, decimals = 2) => number.toFixed(decimals)

await build({ configFile: 'bench/vite.config.ts', logLevel: 'error' })
const server = await preview({ configFile: 'bench/vite.config.ts', logLevel: 'error' })
const address = server.resolvedUrls.local[0]
const browser = await chromium.launch(browserOptions)

async function open(kind, charts, points) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
  page.on('pageerror', (error) => console.error(error))
  await page.goto(`${address}compare.html?kind=${kind}&charts=${charts}&points=${points}`)
  await page.waitForFunction(`'bench' in window`)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  return { page, session }
}

async function metrics(session) {
  const { metrics: all } = await session.send('Performance.getMetrics')
  return Object.fromEntries(all.map(({ name, value }) => [name, value]))
}

/** Milliseconds of the main thread for each tick: all tasks, and script alone. */
async function measure(kind, charts, points) {
  const { page, session } = await open(kind, charts, points)
  await page.evaluate('bench.ticksFor(1.5)')
  const before = await metrics(session)
  const ticks = await page.evaluate(`bench.ticksFor(${seconds})`)
  const after = await metrics(session)
  await page.close()
  const perTick = (name) => ((after[name] - before[name]) * 1000) / ticks
  return { task: perTick('TaskDuration'), script: perTick('ScriptDuration') }
}

/** Megabytes of heap, garbage collected, at the middle and at the end of ten simulated minutes at 10 Hz. */
async function heapGrowth(kind) {
  const { page, session } = await open(kind, 12, 3600)
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage')
    await session.send('HeapProfiler.collectGarbage')
    return (await metrics(session))['JSHeapUsedSize'] / 1e6
  }
  await page.evaluate('bench.rush(3000, 4)')
  const middle = await heap()
  await page.evaluate('bench.rush(3000, 4)')
  const end = await heap()
  await page.close()
  return { middle, end, percent: ((end - middle) / middle) * 100 }
}

const kinds = ['vitals', 'anew', 'uplot']
console.log(
  `main-thread ms a tick at 10 Hz, 4 lines a chart, median of ${repeats} (anew: ours, all painted in each frame)`,
)
console.log(
  'charts x points   task: vitals  anew    uplot     script: vitals  anew    uplot     task ratio  anew  [all runs]',
)
for (const [charts, points] of cells) {
  const runs = []
  for (let run = 0; run < repeats; run++) {
    const results = {}
    for (const kind of kinds) results[kind] = await measure(kind, charts, points)
    runs.push(results)
  }
  const middle = (kind, part) => fixed(median(runs.map((run) => run[kind][part])))
  const ratios = (kind) => runs.map((run) => run[kind].task / run.uplot.task)
  const cell = `${charts} x ${points}`.padEnd(24)
  const [task, script] = ['task', 'script'].map((part) =>
    kinds.map((kind) => middle(kind, part).padEnd(8)).join(''),
  )
  const all = kinds.slice(0, 2).map((kind) =>
    ratios(kind)
      .map((ratio) => fixed(ratio))
      .join(' '),
  )
  const compared = `${fixed(median(ratios('vitals')))}        ${fixed(median(ratios('anew')))}  [${all.join(' | ')}]`
  console.log(`${cell}${task}          ${script}  ${compared}`)
}
if (options.heap) {
  console.log('\nheap over the second half of 10 simulated minutes at 10 Hz, 12 x 3600')
  for (const kind of ['vitals', 'uplot']) {
    const { middle, end, percent } = await heapGrowth(kind)
    console.log(
      `${kind.padEnd(18)}${fixed(middle)} MB to ${fixed(end)} MB: ${percent >= 0 ? '+' : ''}${fixed(percent)} %`,
    )
  }
}
await browser.close()
await server.close()
