/**
 * Prints how long a sample takes to become pixels: from the tick's timestamp on the server to the message in the page,
 * and to the frame that draws it. It knows nothing of the app but that it draws on canvases.
 *
 *   CHROMIUM=/usr/bin/chromium node e2e/latency.mjs ../bin/vitals [seconds]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const [binary, seconds = '20'] = process.argv.slice(2)
const intervalMs = 100
const settleMs = 4000

/** Runs in the page before the app: notes when updates come and when the first drawing after each is handed over. */
function watchUpdates() {
  const { performance, requestAnimationFrame, MessageChannel, CanvasRenderingContext2D, WebSocket } =
    globalThis
  const samples = []
  const rendered = new MessageChannel()
  const open = [] // updates that came since something was drawn
  const drawn = [] // updates whose frame is being made
  const now = () => performance.timeOrigin + performance.now()

  // A task that is queued while a frame is drawn runs when the page has handed that frame to the compositor.
  rendered.port1.onmessage = () => {
    const shownMs = now()
    for (const update of drawn.splice(0)) samples.push({ ...update, shownMs })
  }
  let inFrame = false
  globalThis.requestAnimationFrame = (callback) =>
    requestAnimationFrame((time) => {
      inFrame = true
      try {
        callback(time)
      } finally {
        inFrame = false
      }
    })
  for (const method of ['stroke', 'fill', 'fillRect', 'drawImage', 'putImageData']) {
    const original = CanvasRenderingContext2D.prototype[method]
    CanvasRenderingContext2D.prototype[method] = function (...values) {
      if (open.length > 0 && inFrame) {
        drawn.push(...open.splice(0))
        rendered.port2.postMessage(undefined)
      }
      return original.apply(this, values)
    }
  }
  globalThis.WebSocket = class extends WebSocket {
    constructor(...values) {
      super(...values)
      this.addEventListener('message', ({ data }) => {
        const timestamp = /^\{"type":"update".*?"timestamp":([\d.]+)/.exec(data)?.[1]
        if (timestamp !== undefined) open.push({ takenMs: Number(timestamp) * 1000, receivedMs: now() })
      })
    }
  }
  globalThis.latencySamples = samples
}

async function startServer(data) {
  const server = spawn(
    binary,
    [
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--interval',
      `${intervalMs}ms`,
      '--log-level',
      'error',
      '--data',
      data,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  for await (const line of createInterface({ input: server.stdout })) {
    const address = /http:\S+/.exec(line)?.[0]
    if (address !== undefined) return { server, address }
  }
  throw new Error(`${binary} did not say its address`)
}

async function measure(address) {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
    await page.addInitScript(watchUpdates)
    await page.goto(address, { waitUntil: 'load' })
    await page.waitForTimeout(settleMs)
    await page.evaluate(() => globalThis.latencySamples.splice(0))
    await page.waitForTimeout(Number(seconds) * 1000)
    return await page.evaluate(() => globalThis.latencySamples)
  } finally {
    await browser.close()
  }
}

const quantile = (sorted, share) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]

function row(name, delays) {
  const sorted = delays.toSorted((a, b) => a - b)
  const cells = [0.5, 0.99, 1].map((share) => quantile(sorted, share).toFixed(1).padStart(10))
  return `  ${name.padEnd(38)}${String(sorted.length).padStart(9)}${cells.join('')}`
}

function print(samples) {
  console.log('\nSensor to pixel\n---------------')
  if (samples.length === 0) {
    console.log('  No update was drawn. Is there an app in the program?')
    return
  }
  console.log(`  ${`the Live page, every ${intervalMs}ms`.padEnd(38)}  samples median ms    p99 ms  worst ms`)
  console.log(
    row(
      'to the message in the page',
      samples.map((sample) => sample.receivedMs - sample.takenMs),
    ),
  )
  console.log(
    row(
      'to its frame handed to the compositor',
      samples.map((sample) => sample.shownMs - sample.takenMs),
    ),
  )
  console.log(`  At 60 frames a second a sample waits 8 ms for its frame in the mean.`)
}

const data = await mkdtemp(join(tmpdir(), 'vitals-latency-'))
const { server, address } = await startServer(data)
const ended = once(server, 'exit')
try {
  print(await measure(address))
} finally {
  server.kill('SIGTERM')
  await ended
  await rm(data, { recursive: true, force: true })
}
