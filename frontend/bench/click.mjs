/* global CanvasRenderingContext2D, MessageChannel, document, innerHeight, performance, window */
/**
 * From a click that shows a stretch of the past to the frame in which all charts in sight show it: the app as it is shipped, the
 * past of a server that this page has not asked for yet. `node bench/click.mjs --clicks 30`; the program is ../bin/vitals, or
 * VITALS_BINARY.
 *
 * A pointer comes before a click: it is on the button for `--rest` ms, and down for `--press` ms. A key comes without notice.
 */
import { chromium } from 'playwright-core'
import { parseArgs } from 'node:util'
import { browserOptions } from './browser.mjs'
import { serveThePast } from './program.mjs'

const { values: options } = parseArgs({
  options: {
    clicks: { type: 'string', default: '30' },
    rest: { type: 'string', default: '100' },
    press: { type: 'string', default: '80' },
  },
})
const clicks = Number(options.clicks)
/** A page is looked at for so long before it is clicked on, and after it. */
const lookMs = 1500

/** In the page, before the app: notes when a hand acts, and when the frame is handed over in which the last chart was drawn. */
function watchClicks() {
  const rendered = new MessageChannel()
  const drawnAt = new Map()
  let acted = Number.NaN
  let done = Number.NaN
  let posted = false
  const act = ({ timeStamp }) => ((acted = timeStamp), (done = Number.NaN))
  window.addEventListener('pointerup', act, true)
  window.addEventListener('keydown', act, true)
  const isInSight = (canvas) => {
    const { top, bottom } = canvas.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  }
  /** Only charts of the past say whether they wait. */
  const charts = () => [...document.querySelectorAll('canvas[aria-busy]')].filter(isInSight)
  const isDone = () => charts().every((chart) => chart.ariaBusy === 'false' && drawnAt.get(chart) > acted)
  // Queued while a frame is drawn, it runs when that frame has been handed to the compositor.
  rendered.port1.onmessage = () => {
    posted = false
    if (Number.isNaN(done) && isDone()) done = performance.now()
  }
  const drawing = CanvasRenderingContext2D.prototype
  const { clearRect } = drawing
  // Every drawing of a chart begins with it.
  drawing.clearRect = function (...rectangle) {
    drawnAt.set(this.canvas, performance.now())
    if (!posted) rendered.port2.postMessage(undefined)
    posted = true
    return clearRect.apply(this, rectangle)
  }
  window.clicks = { took: () => done - acted, charts: () => charts().length }
}

async function openPage(browser, address) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
  page.on('pageerror', (error) => console.error(error))
  await page.addInitScript(watchClicks)
  await page.goto(address, { waitUntil: 'load' })
  await page.getByRole('radio', { name: '24h', exact: true }).waitFor()
  await page.waitForTimeout(lookMs)
  return page
}

/** How many ms after it all of it was drawn. */
async function drawnAfter(page, act) {
  await act(page)
  await page.waitForTimeout(lookMs)
  await page.waitForFunction('!Number.isNaN(clicks.took())')
  if ((await page.evaluate('clicks.charts()')) === 0) throw new Error('no chart in sight')
  return page.evaluate('clicks.took()')
}

const onButton = (role, name) => async (page) => {
  const { x, y, width, height } = await page.getByRole(role, { name, exact: true }).boundingBox()
  await page.mouse.move(x + width / 2, y + height / 2)
  await page.waitForTimeout(Number(options.rest))
  await page.mouse.down()
  await page.waitForTimeout(Number(options.press))
  await page.mouse.up()
}
const byKey = (key) => (page) => page.keyboard.press(key)

const steps = [
  { name: 'click: the last hour', act: onButton('radio', '1h'), delays: [] },
  { name: 'click: the hour before', act: onButton('button', 'Earlier (<)'), delays: [] },
  { name: 'click: the last 24 hours', act: onButton('radio', '24h'), delays: [] },
]
const keySteps = [
  { name: 'key: the last hour', act: byKey('4'), delays: [] },
  { name: 'key: the hour before', act: byKey('<'), delays: [] },
  { name: 'key: the last 24 hours', act: byKey('6'), delays: [] },
]

const quantile = (sorted, share) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]

function row({ name, delays }) {
  const sorted = delays.toSorted((a, b) => a - b)
  const cells = [0.25, 0.5, 0.75, 1].map((share) => quantile(sorted, share).toFixed(0).padStart(10))
  return `  ${name.padEnd(26)}${String(sorted.length).padStart(8)}${cells.join('')}`
}

const program = await serveThePast()
const browser = await chromium.launch(browserOptions)
try {
  for (let i = 0; i < clicks; i++) {
    for (const some of [steps, keySteps]) {
      const page = await openPage(browser, program.address)
      for (const { act, delays } of some) delays.push(await drawnAfter(page, act))
      await page.close()
    }
  }
} finally {
  await browser.close()
  await program.end()
}
console.log('\nClick to drawn, ms\n------------------')
console.log(`  ${''.padEnd(26)}   times   quarter    median  quarters     worst`)
for (const step of [...steps, ...keySteps]) console.log(row(step))
console.log(
  '  Nothing of it is in the page when the pointer comes. Aim, of a click that shows an hour: under 150 ms.',
)
