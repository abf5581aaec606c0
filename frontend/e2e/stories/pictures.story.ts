import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContextOptions } from 'playwright-core'
import { expect } from 'vitest'
import { pictures } from '../rig/places.ts'
import { pastOf } from '../rig/scouting.ts'
import { type Stage, story } from '../rig/story.ts'

/** Pictures are only written when somebody asks for new ones: a test must leave the tree as it was. */
const wanted = process.env['UPDATE_PICTURES'] === '1'
/** So many seeds of the simulation are looked at for a moment worth a picture. */
const seeds = wanted ? 30 : 1

const desk: BrowserContextOptions = { viewport: { width: 1800, height: 1250 } }
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
}

const all = [
  { file: 'live-dark.png', options: { ...desk, colorScheme: 'dark' } },
  { file: 'live-light.png', options: { ...desk, colorScheme: 'light' } },
  { file: 'live-phone.png', options: { ...phone, colorScheme: 'dark' } },
] as const

story('pictures for the README: written when UPDATE_PICTURES=1', { timeout: 240_000 }, async ({ stage }) => {
  const { seed, host } = await liveliest(stage)
  console.log(`seed ${seed}, host ${host}`)
  const server = await stage.simulate('--simulate-hosts', '5', '--simulate-seed', String(seed))
  for (const { file, options } of all) {
    const live = await stage.open(`${server.url}hosts/${host}`, options)
    await live.badge.getByText('Live').waitFor()
    // The first round trip is measured while the page still starts; a picture shall show a usual one, where it shows one.
    await expect.poll(() => live.badge.innerText()).not.toMatch(/\d{3} ms|– *$/)
    const picture = await live.page.screenshot()
    expect(picture.length, file).toBeGreaterThan(20_000)
    if (wanted) await writeFile(join(pictures, file), picture)
  }
})

story('a picture of the Connection page: written when UPDATE_PICTURES=1', async ({ stage }) => {
  const server = await stage.simulate('--simulate-hosts', '5')
  const { page } = await stage.blank({ ...desk, colorScheme: 'dark' })
  await page.goto(`${server.url}connection?run=1`)
  await page.getByText('7 passed').waitFor()
  // Long enough for the small pictures to show something.
  if (wanted) await sleep(45_000)
  const picture = await page.screenshot()
  expect(picture.length).toBeGreaterThan(20_000)
  if (wanted) await writeFile(join(pictures, 'connection-dark.png'), picture)
})

/** The seed and host whose last minutes show the most: busy, but not saturated, with a rise or two. */
async function liveliest(stage: Stage): Promise<{ seed: number; host: string }> {
  let best = { seed: 1, host: 'web-1', score: -Infinity }
  for (let seed = 1; seed <= seeds; seed++) {
    const server = await stage.simulate('--simulate-hosts', '5', '--simulate-seed', String(seed))
    for (const [host, cpu] of await pastOf(server.url, 'cpu')) {
      const score = liveliness(cpu)
      if (score > best.score) best = { seed, host, score }
    }
    await server.stop()
  }
  return best
}

function liveliness(percent: readonly number[]): number {
  const sorted = [...percent].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  const tooBusy = Math.max(0, at(0.5) - 45)
  const isRise = (value: number, index: number) => value - (percent[index - 3] ?? value) > 15
  const rises = percent.filter(
    (value, index) => isRise(value, index) && !isRise(percent[index - 1] ?? 0, index - 1),
  )
  // A rise that is over has a shape; one at the edge has left the picture when the last of them is taken.
  const fallen = at(1) - (percent.at(-1) ?? 0)
  const late = percent.lastIndexOf(at(1)) / percent.length
  const shape = 12 * Math.min(3, rises.length) + (late > 0.35 ? 15 : 0) + Math.min(20, fallen)
  return Math.min(70, at(0.98) - at(0.05)) + Math.min(20, at(0.5)) + shape - tooBusy
}
