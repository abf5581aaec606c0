import { expect } from 'vitest'
import type { LivePage } from '../rig/livePage.ts'
import { expectNoHoleSince, expectValuesOfStream, statedBy } from '../rig/readouts.ts'
import { story } from '../rig/story.ts'
import { secondsBetween } from '../rig/times.ts'

/** Tall enough for the whole page: pictures are taken without scrolling. */
const whole = { viewport: { width: 1440, height: 1700 } }

story('lines move, and the last minutes are there at once', async ({ stage }) => {
  const server = await stage.simulate()
  const live = await stage.open(server.url)
  const before = await live.picture('CPU')
  const [oldest, newest] = await ends(live)
  expect(secondsBetween(oldest, newest), 'seconds of past at the first look').toBeGreaterThan(240)

  await expect.poll(() => live.picture('CPU')).not.toBe(before)
  await expect.poll(async () => (await ends(live))[1]).not.toBe(newest)
})

story('values on the page are the values of the stream', async ({ stage }) => {
  const server = await stage.simulate('--interval', '250ms')
  const record = await stage.record(server.url)
  const live = await stage.open(server.url)
  await record.more(20)
  await live.pauseButton.click()
  await expectValuesOfStream(live, record)

  await live.pauseButton.click()
  await record.more(5)
  await live.pauseButton.click()
  await expectValuesOfStream(live, record)
})

story('a pause holds the picture, collects behind it, and ends without a hole', async ({ stage }) => {
  const server = await stage.simulate('--interval', '500ms')
  const record = await stage.record(server.url)
  const live = await stage.open(server.url, whole)
  await record.more(5)
  const began = record.times.at(-1)!

  await live.page.keyboard.press('Space')
  await expect.poll(() => live.pauseButton.innerText()).toMatch(/Resume/)
  await live.painted()
  const [pictures, stated, instant] = [await live.pictures(), await statedBy(live), await live.instant()]
  await record.more(8)
  await live.painted()
  expect(await live.pictures()).toEqual(pictures)
  expect(await statedBy(live)).toEqual(stated)
  expect(await live.badge.innerText(), 'data is fresh behind the pause').toMatch(/^Live/)

  await live.page.keyboard.press('Space')
  await expect.poll(() => live.instant()).toBe('')
  await expect.poll(async () => (await ends(live))[1] > instant).toBe(true)
  await record.more(3)
  await live.pauseButton.click()
  await record.more(2)
  await expectNoHoleSince(live, record, began)
})

story('the window is 1, 5, 15 minutes, or an hour of which there is less', async ({ stage }) => {
  const server = await stage.simulate('--interval', '500ms', '--backfill', '20m')
  const live = await stage.open(server.url)
  await live.pauseButton.click()
  const spanned = async () => {
    const [oldest, newest] = await ends(live)
    return secondsBetween(oldest, newest)
  }
  for (const [name, seconds] of [
    ['1m', 60],
    ['15m', 900],
    ['5m', 300],
  ] as const) {
    await live.span(name).click()
    await expect.poll(() => live.span(name).getAttribute('aria-checked')).toBe('true')
    await expect
      .poll(async () => Math.abs((await spanned()) - seconds), { message: name })
      .toBeLessThanOrEqual(1)
  }
  await live.page.keyboard.press('4')
  await expect.poll(() => live.span('1h').getAttribute('aria-checked')).toBe('true')
  await expect.poll(spanned, { message: 'an hour' }).toBeGreaterThan(1150)

  await live.page.keyboard.press('1')
  await expect.poll(() => new URL(live.page.url()).search).toBe('?window=1m')
  await live.page.reload()
  await live.ready()
  expect(await live.span('1m').getAttribute('aria-checked')).toBe('true')
})

story('one crosshair goes through all charts and reads out their values', async ({ stage }) => {
  const server = await stage.simulate('--interval', '250ms')
  const record = await stage.record(server.url)
  const live = await stage.open(`${server.url}?window=1m`, whole)
  await record.more(50)
  await live.page.keyboard.press('Space')
  await live.painted()
  const without = await live.pictures()

  const box = (await live.chart('CPU').boundingBox())!
  await live.page.mouse.move(box.x + box.width * 0.96, box.y + box.height / 2)
  await expect.poll(() => live.instant('Memory')).not.toBe('')
  await live.painted()
  await expectCrosshairEverywhere(live, without)
  await expectValuesOfStream(live, record)

  await live.page.mouse.move(5, 5)
  await expect.poll(() => live.pictures()).toEqual(without)

  for (let step = 0; step < 12; step++) await live.chart('Network').press('ArrowLeft')
  await live.painted()
  await expectCrosshairEverywhere(live, without)
  await expectValuesOfStream(live, record)
  expect(await live.underCrosshair('Network')).toContain(await live.instant('Load'))
  await live.page.keyboard.press('Escape')
  await expect.poll(() => live.pictures()).toEqual(without)
})

story('a legend switches its line off and on, and is remembered', async ({ stage }) => {
  const server = await stage.simulate()
  const live = await stage.open(server.url)
  await live.pauseButton.click()
  const entry = live.legend('CPU', 'system')
  const switched = async (on: boolean) => {
    await entry.click()
    await expect.poll(() => entry.getAttribute('aria-pressed')).toBe(String(on))
    return live.settledPicture('CPU')
  }
  const off = await switched(false)
  const on = await switched(true)
  expect(on).not.toBe(off)
  expect(await switched(false), 'off again').toBe(off)
  expect(await switched(true), 'on again').toBe(on)

  await entry.click()
  await live.page.reload()
  await live.ready()
  expect(await entry.getAttribute('aria-pressed')).toBe('false')
})

/** The oldest and the newest instant in the picture, by the keys of the crosshair. */
async function ends(live: LivePage): Promise<[string, string]> {
  const at = async (key: string) => {
    await live.chart('CPU').press(key)
    let seen = ''
    const read = async () => (seen = await live.underCrosshair('CPU'))
    await expect.poll(read, { message: key }).toMatch(/^\d\d:\d\d:\d\d/)
    return seen
  }
  const oldest = await at('Home')
  const newest = await at('End')
  await live.chart('CPU').press('Escape')
  return [oldest.slice(0, 8), newest.slice(0, 8)]
}

async function expectCrosshairEverywhere(live: LivePage, without: Record<string, string>): Promise<void> {
  const instant = await live.instant()
  for (const panel of ['Memory', 'Network', 'Load', 'Cores'])
    expect(await live.instant(panel), panel).toBe(instant)
  for (const [name, picture] of Object.entries(await live.pictures())) {
    expect(picture, `${name} shows the crosshair`).not.toBe(without[name])
  }
}
