import { expect } from 'vitest'
import { axeFindsNothing } from '../rig/faults.ts'
import { pill, someHour, timesIn } from '../rig/pastPage.ts'
import { expectNoHoleSince } from '../rig/readouts.ts'
import { story } from '../rig/story.ts'

const whole = { viewport: { width: 1440, height: 1700 } }
const past = ['--simulate-past', '2h']

story('the past is one key away, and never looks like the present', async ({ stage }) => {
  const server = await stage.simulate(...past)
  const live = await stage.open(`${server.url}?window=15m`, whole)
  await live.page.keyboard.press('<')
  await pill(live).waitFor()
  await expect.poll(() => pill(live).innerText()).toMatch(/^Live, \d+ min behind/)
  await expect.poll(() => live.page.title()).toMatch(/\d\d:\d\d/)
  await expect.poll(() => timesIn(live).from).toBeGreaterThan(0)
  const { from, to } = timesIn(live)
  expect(to - from).toBe(900)
  await expect.poll(() => live.tile('CPU'), { message: 'figures of the past' }).toMatch(/^\d+\.\d %$/)
  await axeFindsNothing(live.page, 'the page in the past')

  await live.page.keyboard.press('-')
  await expect.poll(() => timesIn(live).to - timesIn(live).from).toBe(1800)
  await live.page.goBack()
  await expect.poll(() => timesIn(live)).toEqual({ from, to })
  await live.page.goForward()
  await expect.poll(() => timesIn(live).to - timesIn(live).from).toBe(1800)
})

story('a link shows somebody else the same', async ({ stage }) => {
  const server = await stage.simulate(...past)
  const clipboard = { permissions: ['clipboard-read', 'clipboard-write'] }
  const { from, to } = someHour()
  const address = `${server.url}hosts/db-1?from=${from}&to=${to}`
  const live = await stage.open(address, { ...whole, ...clipboard })
  await live.legend('CPU', 'steal').click()
  await live.page.getByRole('button', { name: 'Table of Load' }).click()
  await live.page.keyboard.press('g')
  await live.page.keyboard.press('t')
  await expect
    .poll(() => Object.fromEntries(new URL(live.page.url()).searchParams))
    .toMatchObject({ hide: 'cpu:steal', table: 'load', ghost: '1d' })
  await expect.poll(() => timesIn(live).from).toBeGreaterThan(0)
  await live.page.keyboard.press('y')
  await live.page.getByText('Link copied').waitFor()
  const link = await live.page.evaluate(() => navigator.clipboard.readText())

  const other = await stage.open(link, whole)
  expect(timesIn(other)).toEqual(timesIn(live))
  expect(new URL(other.page.url()).pathname).toBe('/hosts/db-1')
  expect(await other.theme()).toBe('light')
  await other.page.getByText('faint: yesterday').waitFor()
  expect(await other.legend('CPU', 'steal').getAttribute('aria-pressed')).toBe('false')
  const table = (page: typeof live) => page.page.locator('[data-summary=load][aria-busy=false]')
  await table(other).waitFor()
  await expect.poll(() => table(other).innerText()).toBe(await table(live).innerText())
  await live.page.mouse.move(5, 5)
  await expect
    .poll(async () => (await other.settledPicture('CPU')) === (await live.settledPicture('CPU')))
    .toBe(true)
  const remembered = await other.page.evaluate(() => Object.fromEntries(Object.entries(localStorage)))
  expect(remembered, 'a link changes nothing that the browser remembers').toEqual({})
})

story('the past is played as if it were live, and held', async ({ stage }) => {
  const server = await stage.simulate(...past)
  const live = await stage.open(`${server.url}?window=5m`)
  await live.page.keyboard.press('<')
  await live.page.keyboard.press('<')
  const player = live.page.getByRole('region', { name: 'Player' })
  await player.waitFor()
  await player.getByRole('combobox', { name: 'Speed' }).selectOption('60')
  const place = () => player.getByRole('slider').getAttribute('aria-valuenow')
  const before = Number(await place())
  await expect.poll(async () => Number(await place())).toBeGreaterThan(before + 5)
  await live.page.keyboard.press('Space')
  await player.getByRole('button', { name: 'Play' }).waitFor()
  await live.painted()
  const held = Number(await place())
  await live.page.keyboard.press('.')
  await expect.poll(async () => Number(await place())).toBe(held + 1)

  const bar = (await player.getByRole('slider').boundingBox())!
  await live.page.mouse.click(bar.x + bar.width * 0.1, bar.y + bar.height / 2)
  await expect.poll(async () => Number(await place())).toBeLessThan(held - 600)
})

story('back to Live there is no hole', async ({ stage }) => {
  const server = await stage.simulate('--interval', '500ms', ...past)
  const record = await stage.record(server.url)
  const live = await stage.open(`${server.url}?window=1m`, whole)
  await record.more(2)
  const began = record.times.at(-1)!
  await live.page.keyboard.press('<')
  await pill(live).waitFor()
  await record.more(6)
  await live.page.keyboard.press('l')
  await live.pauseButton.waitFor()
  await expect.poll(() => live.badge.innerText()).toMatch(/^Live/)
  await record.more(3)
  await live.pauseButton.click()
  await record.more(2)
  await expectNoHoleSince(live, record, began)
})

story('a range is typed, or chosen in the calendar', async ({ stage }) => {
  const server = await stage.simulate(...past)
  const live = await stage.open(server.url)
  await live.page.keyboard.press('d')
  const from = live.page.getByRole('textbox', { name: 'From' })
  await from.fill('not a time')
  await live.page.getByText('not understood').waitFor()
  await axeFindsNothing(live.page, 'the choice of a range')
  await from.fill('-90m')
  await live.page.getByRole('textbox', { name: 'To', exact: true }).fill('-30m')
  await live.page.keyboard.press('Enter')
  await expect.poll(() => timesIn(live).to - timesIn(live).from).toBe(3600)

  await live.page.keyboard.press('d')
  await live.page.locator('[aria-current=date]').click()
  await live.page.getByRole('button', { name: 'Show', exact: true }).click()
  await pill(live).waitFor()
})
