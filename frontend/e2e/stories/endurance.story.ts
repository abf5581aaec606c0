import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { FakeServer } from '../rig/fakeServer.ts'
import type { LivePage } from '../rig/livePage.ts'
import { fakeMachine, series } from '../rig/machines.ts'
import { Scales } from '../rig/measure.ts'
import { story } from '../rig/story.ts'

const rowsOfTenMinutes = 6000
/** Rows of a burst. Between two of them the page may draw, if it is fast enough. */
const burst = 30
const frameMs = 16

story('ten minutes of 60 series at 10 Hz leave the memory flat', async ({ stage }) => {
  const machine = fakeMachine(16, 0, 0.1)
  expect(machine.series.length).toBe(60)
  const fake = stage.keep(await FakeServer.start(machine, await stage.simulate()))
  const live = await stage.blank({ viewport: { width: 1440, height: 1500 } })
  await live.page.goto(fake.url)
  await live.badge.waitFor()
  await expect.poll(async () => (await fake.push(1), live.tile('CPU'))).toMatch(/%$/)

  const scales = await Scales.of(live.page)
  await pour(fake, live, rowsOfTenMinutes / 2)
  const middle = await scales.weigh()
  await pour(fake, live, rowsOfTenMinutes)
  const end = await scales.weigh()
  const growth = (end.dataBytes / middle.dataBytes - 1) * 100
  console.log(
    `data ${megabytes(middle.dataBytes)} to ${megabytes(end.dataBytes)} (${growth.toFixed(2)} %), ` +
      `compiled code ${megabytes(middle.codeBytes)} to ${megabytes(end.codeBytes)}, ` +
      `${middle.nodes} to ${end.nodes} nodes, ${middle.listeners} to ${end.listeners} listeners`,
  )
  expect(growth, 'growth of the heap in percent').toBeLessThanOrEqual(2)
  expect(end.nodes, 'DOM nodes').toBeLessThanOrEqual(middle.nodes * 1.02)
  expect(end.listeners, 'event listeners').toBeLessThanOrEqual(middle.listeners)
})

story('a hidden page stops drawing, and shows all of it when it is seen again', async ({ stage }) => {
  const fake = stage.keep(await FakeServer.start(fakeMachine(4, 300), await stage.simulate()))
  const live = await stage.blank()
  await live.page.addInitScript(() => {
    let state: DocumentVisibilityState = 'visible'
    Object.defineProperty(document, 'visibilityState', { get: () => state })
    Object.assign(window, {
      turn: (to: DocumentVisibilityState) => {
        state = to
        document.dispatchEvent(new Event('visibilitychange'))
      },
    })
  })
  await live.page.goto(fake.url)
  await live.ready()
  await turn(live, 'hidden')
  await live.painted()
  const [picture, tile] = [await live.picture('CPU'), await live.tile('Load')]
  await fake.push(40)
  await live.painted()
  expect(await live.picture('CPU')).toBe(picture)
  expect(await live.tile('Load')).toBe(tile)

  await turn(live, 'visible')
  await expect.poll(() => live.picture('CPU')).not.toBe(picture)
  const index = fake.machine.series.findIndex((one) => one.metric === 'load.1m')
  const newest = fake.machine.values(fake.tick)[index]!
  await expect.poll(() => live.tile('Load')).toBe(`${newest.toFixed(2)} 1 min`)
})

story('a series that appears later gets its line and its panel', async ({ stage }) => {
  const fake = stage.keep(await FakeServer.start(fakeMachine(4, 60), await stage.simulate()))
  const live = await stage.open(fake.url)
  const loaded = await live.page.evaluate(() => performance.timeOrigin)
  expect(await live.legend('Disk busy', 'sdc').count()).toBe(0)
  await fake.extend(series('disk.device.busy{device=sdc}', 'percent', { device: 'sdc' }))
  await fake.push(2)
  const added = live.legend('Disk busy', 'sdc')
  await added.waitFor()
  await expect.poll(() => added.innerText()).toMatch(/\d %/)

  await fake.extend(series('gpu.busy{gpu=0}', 'percent', { gpu: '0' }))
  await fake.push(2)
  await expect.poll(() => live.panel('Other series').innerText()).toMatch(/gpu\.busy\{gpu=0\}\s+\d+\.\d %/)
  expect(await live.page.evaluate(() => performance.timeOrigin), 'no reload').toBe(loaded)
})

/** Pushes ticks up to that number as fast as the page takes them and draws. */
async function pour(fake: FakeServer, live: LivePage, until: number): Promise<void> {
  while (fake.tick < until) {
    await fake.push(Math.min(burst, until - fake.tick))
    // Not by asking the page whether it has drawn: each question leaves some of the asker's own memory in it.
    await sleep(frameMs)
  }
  const index = fake.machine.series.findIndex((one) => one.metric === 'load.1m')
  const newest = fake.machine.values(fake.tick)[index]!
  await expect.poll(() => live.tile('Load')).toBe(`${newest.toFixed(2)} 1 min`)
}

async function turn(live: LivePage, to: DocumentVisibilityState): Promise<void> {
  await live.page.evaluate((state) => {
    ;(window as unknown as { turn: (to: string) => void }).turn(state)
  }, to)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
