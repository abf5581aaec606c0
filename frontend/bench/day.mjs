/* global PerformanceObserver, window */
/**
 * A day of all series of a host at 1 s, on a page of the real program: the longest task while it is drawn, zoomed and panned.
 * `node bench/day.mjs --seconds 4`; the program is ../bin/vitals, or VITALS_BINARY.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { browserOptions } from './browser.mjs'

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '4' } } })
const binary = process.env['VITALS_BINARY'] ?? fileURLToPath(new URL('../../bin/vitals', import.meta.url))
const day = 86_400

const folder = await mkdtemp(join(tmpdir(), 'vitals-day-'))
const settings = ['--source', 'simulate', '--simulate-hosts', '1', '--simulate-past', '25h', '--data', folder]
const server = spawn(binary, ['serve', '--listen', '127.0.0.1:0', ...settings], {
  stdio: ['ignore', 'pipe', 'ignore'],
})
const browser = await chromium.launch(browserOptions)
try {
  const address = await announced(server)
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
  const to = Math.floor(Date.now() / 1000) - 60
  await page.addInitScript(watchFrames)
  await page.goto(`${address}?from=${to - day}&to=${to}`)
  await page.locator('canvas[aria-busy=false]').first().waitFor()
  const drawn = await page.evaluate('frames.take()')
  const box = await page.locator('canvas').nth(6).boundingBox()
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  const turns = Number(options.seconds) * 10
  for (let i = 0; i < turns; i++) {
    await page.mouse.wheel(0, i < turns / 2 ? -120 : 120)
    await page.waitForTimeout(50)
  }
  const zoomed = await page.evaluate('frames.take()')
  console.log('the Live page over a day at 1 s; longest task of the main thread:')
  console.log(`  load and first picture  ${drawn.toFixed(0)} ms`)
  console.log(`  zoom in and out         ${zoomed.toFixed(0)} ms`)
} finally {
  await browser.close()
  server.kill()
  await rm(folder, { recursive: true, force: true })
}

/** In the page: the longest task that blocked a frame since the last look, in ms; 0 when all took less than 50. */
function watchFrames() {
  let longest = 0
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
  }).observe({ entryTypes: ['longtask'] })
  window.frames.take = () => {
    const result = longest
    longest = 0
    return result
  }
}

function announced(child) {
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      const found = /http:\/\/\S+/.exec(String(text))
      if (found) resolve(found[0])
    })
    child.on('exit', () => reject(new Error(`${binary} ended`)))
  })
}
