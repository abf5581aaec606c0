/** Takes pictures of the gallery: `node bench/screenshots.mjs OUT_FOLDER`. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { browserOptions } from './browser.mjs'

const out = process.argv[2] ?? 'node_modules/.vitals-bench/pictures'
await mkdir(out, { recursive: true })
const server = await createServer({ configFile: 'bench/vite.config.ts', logLevel: 'error' })
await server.listen()
const address = server.resolvedUrls.local[0]
const browser = await chromium.launch(browserOptions)

const pictures = [
  { name: 'dark', query: 'theme=dark&crosshair=80', width: 1680, height: 1000, scale: 1 },
  { name: 'light', query: 'theme=light&crosshair=80', width: 1680, height: 1000, scale: 1 },
  { name: 'dark-2x', query: 'theme=dark', width: 1100, height: 900, scale: 2 },
  { name: 'minute', query: 'theme=dark&span=60', width: 1680, height: 1000, scale: 1 },
  { name: 'all', query: 'theme=dark&span=Infinity', width: 1680, height: 1000, scale: 1 },
  { name: 'phone', query: 'theme=light&crosshair=30', width: 360, height: 800, scale: 2 },
]
for (const { name, query, width, height, scale } of pictures) {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale })
  page.on('pageerror', (error) => console.error(name, error))
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(name, message.text())
  })
  await page.goto(`${address}gallery.html?${query}`)
  await page.waitForSelector('[data-ready]', { state: 'attached' })
  await page.evaluate('document.fonts.ready.then(() => true)')
  await page.evaluate(
    'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))',
  )
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true })
  await page.close()
}
await browser.close()
await server.close()
console.log(`${pictures.length} pictures in ${out}`)
