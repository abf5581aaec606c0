import { expect } from 'vitest'
import { axeFindsNothing } from '../rig/faults.ts'
import type { LivePage } from '../rig/livePage.ts'
import { expectNoHoleSince } from '../rig/readouts.ts'
import { story } from '../rig/story.ts'

const whole = { viewport: { width: 1440, height: 1700 } }
const past = ['--simulate-past', '2h']

/** What the address says of the time that is shown. */
function timesIn(live: LivePage): { from: number; to: number } {
  const { searchParams } = new URL(live.page.url())
  return { from: Number(searchParams.get('from')), to: Number(searchParams.get('to')) }
}

function pill(live: LivePage) {
  return live.page.getByTitle('Back to Live (l)')
}

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
  const live = await stage.open(`${server.url}?window=15m`, whole)
  await live.page.keyboard.press('<')
  await live.legend('CPU', 'steal').click()
  await expect.poll(() => new URL(live.page.url()).searchParams.get('hide')).toBe('cpu:steal')
  await expect.poll(() => timesIn(live).from).toBeGreaterThan(0)

  const other = await stage.open(live.page.url(), whole)
  expect(timesIn(other)).toEqual(timesIn(live))
  expect(await other.legend('CPU', 'steal').getAttribute('aria-pressed')).toBe('false')
  await live.page.mouse.move(5, 5)
  await expect
    .poll(async () => (await other.settledPicture('CPU')) === (await live.settledPicture('CPU')))
    .toBe(true)
  const remembered = await other.page.evaluate(() => localStorage.getItem('vitals.hidden-lines'))
  expect(remembered, 'a link changes nothing that the browser remembers').toBeNull()
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
})

story('back to Live there is no hole', async ({ stage }) => {
  const server = await stage.simulate('--interval', '250ms', ...past)
  const record = await stage.record(server.url)
  const live = await stage.open(`${server.url}?window=1m`, whole)
  await record.more(5)
  const began = record.times.at(-1)!
  await live.page.keyboard.press('<')
  await pill(live).waitFor()
  await record.more(15)
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
  await live.page.getByRole('button', { name: 'Show' }).click()
  await pill(live).waitFor()
})
