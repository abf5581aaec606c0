/* global MessageChannel, MutationObserver, document, innerHeight, performance, window */
/**
 * From a click that shows a stretch of the past to the frame in which all charts in sight show it: the app as it is shipped, the
 * past of a server that this page has not asked for yet. `node bench/click.mjs --clicks 30`; the program is ../bin/vitals, or
 * VITALS_BINARY.
 */
import { chromium } from 'playwright-core'
import { parseArgs } from 'node:util'
import { browserOptions } from './browser.mjs'
import { serveThePast } from './program.mjs'

const { values: options } = parseArgs({ options: { clicks: { type: 'string', default: '30' } } })
const clicks = Number(options.clicks)
const settleMs = 700

/** In the page, before the app: notes when clicks begin, and when frames after which no chart in sight waits are handed over. */
function watchClicks() {
  const rendered = new MessageChannel()
  let clicked = Number.NaN
  let drawn = Number.NaN
  let asked = 0
  window.addEventListener('pointerup', ({ timeStamp }) => ((clicked = timeStamp), (drawn = Number.NaN)), true)
  const waits = (chart) => {
    const { top, bottom } = chart.getBoundingClientRect()
    return chart.ariaBusy === 'true' && bottom > 0 && top < innerHeight
  }
  // Queued while a frame is drawn, it runs when that frame has been handed to the compositor.
  rendered.port1.onmessage = () => (drawn = performance.now())
  const waiting = () => [...document.querySelectorAll('canvas')].some(waits)
  new MutationObserver(() => {
    if (waiting()) asked++
    else rendered.port2.postMessage(undefined)
  }).observe(document, { subtree: true, attributeFilter: ['aria-busy'] })
  const take = () => {
    const took = asked > 0 ? drawn - clicked : Number.NaN
    asked = 0
    return took
  }
  window.clicks = { take, waiting }
}

/** Clicks, and how many ms later all of it was drawn; NaN when nothing had to be asked for. */
async function drawnAfter(page, button) {
  await page.evaluate('clicks.take()')
  await button.click()
  do await page.waitForTimeout(settleMs)
  while (await page.evaluate('clicks.waiting()'))
  return page.evaluate('clicks.take()')
}

const quantile = (sorted, share) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]

function row(name, delays) {
  const sorted = delays.filter((delay) => !Number.isNaN(delay)).toSorted((a, b) => a - b)
  const cells = [0.5, 0.99, 1].map((share) => (quantile(sorted, share) ?? Number.NaN).toFixed(0).padStart(10))
  return `  ${name.padEnd(38)}${String(sorted.length).padStart(9)}${cells.join('')}`
}

const program = await serveThePast()
const browser = await chromium.launch(browserOptions)
const steps = { 'the last hour': [], 'the hour before': [], 'the last 24 hours': [] }
try {
  for (let i = 0; i < clicks; i++) {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
    page.on('pageerror', (error) => console.error(error))
    await page.addInitScript(watchClicks)
    await page.goto(program.address, { waitUntil: 'load' })
    const preset = (name) => page.getByRole('radio', { name, exact: true })
    await preset('24h').waitFor()
    await page.waitForTimeout(settleMs)
    const buttons = [preset('1h'), page.getByRole('button', { name: 'Earlier (<)' }), preset('24h')]
    for (const [step, button] of buttons.entries())
      Object.values(steps)[step].push(await drawnAfter(page, button))
    await page.close()
  }
} finally {
  await browser.close()
  await program.end()
}
console.log('\nClick to drawn\n--------------')
console.log(`  ${'a click that shows'.padEnd(38)}   clicks median ms    p99 ms  worst ms`)
for (const [name, delays] of Object.entries(steps)) console.log(row(name, delays))
console.log('  Nothing of it is in the page before. Aim: under 150 ms.')
