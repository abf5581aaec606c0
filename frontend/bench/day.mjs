/* global PerformanceObserver, window */
/**
 * A day of ten series at 1 s, of the past of the real program: the longest frame, and the longest task of the main thread,
 * while it is drawn, zoomed and panned. `node bench/day.mjs --seconds 4`; the program is ../bin/vitals, or VITALS_BINARY.
 */
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { build, preview } from 'vite'
import { browserOptions } from './browser.mjs'
import { serveThePast } from './program.mjs'

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '4' } } })
const frames = Number(options.seconds) * 60

await build({ configFile: 'bench/vite.config.ts', logLevel: 'error' })
const program = await serveThePast()
const browser = await chromium.launch(browserOptions)
let pages
try {
  const proxy = { '/api': program.address }
  pages = await preview({ configFile: 'bench/vite.config.ts', logLevel: 'error', preview: { proxy } })
  console.log('24 h of 10 series at 1 s; ms of the longest frame, and of the longest task (0: none took 50)')
  console.log('Aim: no frame over 100')
  console.log('charts   draw            zoom in and out   pan')
  for (const charts of [1, 10]) {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
    page.on('pageerror', (error) => console.error(error))
    await page.addInitScript(watchTasks)
    await page.goto(`${pages.resolvedUrls.local[0]}day.html?charts=${charts}`)
    await page.waitForFunction(`'bench' in window`)
    const parts = []
    for (const part of ['draw()', `zoom(${frames})`, `pan(${frames})`]) {
      await page.evaluate('tasks.take()')
      const frame = await page.evaluate(`bench.${part}`)
      parts.push(`${frame.toFixed(0)}, ${(await page.evaluate('tasks.take()')).toFixed(0)}`)
    }
    await page.close()
    console.log(`${String(charts).padEnd(9)}${parts[0].padEnd(16)}${parts[1].padEnd(18)}${parts[2]}`)
  }
} finally {
  await browser.close()
  await pages?.close()
  await program.end()
}

/** In the page: the longest task that blocked a frame since the last look, in ms; 0 when all took less than 50. */
function watchTasks() {
  let longest = 0
  const note = (list) => {
    for (const { duration } of list) longest = Math.max(longest, duration)
  }
  const observer = new PerformanceObserver((list) => note(list.getEntries()))
  observer.observe({ entryTypes: ['longtask'] })
  const take = () => {
    note(observer.takeRecords())
    const result = longest
    longest = 0
    return result
  }
  window.tasks = { take }
}
