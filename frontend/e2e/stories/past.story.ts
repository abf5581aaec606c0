import { expect } from 'vitest'
import { words, type LivePage } from '../rig/livePage.ts'
import { drag, lengthIn, pill, plotOf, someHour, timesIn } from '../rig/pastPage.ts'
import { highestPaint } from '../rig/pixels.ts'
import { push } from '../rig/pushed.ts'
import { clock } from '../rig/spoken.ts'
import { type Stage, story } from '../rig/story.ts'
import { secondsBetween } from '../rig/times.ts'

const whole = { viewport: { width: 1440, height: 1700 } }
const machine = ['--simulate-hosts', '1', '--simulate-past', '2h'] as const

/** A machine, and an hour of its past on the page. */
async function pastHour(stage: Stage, options: Parameters<Stage['open']>[1] = whole) {
  const server = await stage.simulate(...machine)
  const hour = someHour()
  const live = await stage.open(`${server.url}?from=${hour.from}&to=${hour.to}`, options)
  return { server, live, hour }
}

/** The oldest instant that these charts show is that of the address, or in the pixel after it. */
async function expectAllBegin(live: LivePage, panels: readonly string[]): Promise<void> {
  await live.loaded()
  for (const panel of panels) {
    await live.chart(panel).press('Home')
    const begin = await live.underCrosshair(panel)
    expect(begin, panel).toMatch(/^\d\d:\d\d:\d\d/)
    const late = secondsBetween(clock(timesIn(live).from), begin.slice(0, 8))
    const { width } = await plotOf(live, panel)
    expect(late, `seconds that ${panel} begins too late`).toBeLessThanOrEqual(lengthIn(live) / width + 1)
  }
  await live.page.keyboard.press('Escape')
}

story('the mouse zooms, pans and goes back, and all charts follow', async ({ stage }) => {
  const { live, hour } = await pastHour(stage)
  const panels = ['CPU', 'Memory', 'Network', 'Load']
  await expectAllBegin(live, panels)
  const { at, axisY } = await plotOf(live, 'CPU')

  await drag(live, at(0.4), at(0.6))
  await expect.poll(() => lengthIn(live)).toBeLessThan(900)
  const zoomed = timesIn(live)
  expect(zoomed.to - zoomed.from).toBeGreaterThan(600)
  expect(zoomed.from).toBeGreaterThan(hour.from + 1200)
  expect(zoomed.to).toBeLessThan(hour.to - 1200)
  await expectAllBegin(live, panels)

  const { x, y } = at(0.5)
  await live.page.mouse.dblclick(x, y)
  await expect.poll(() => timesIn(live)).toEqual(hour)

  await live.page.mouse.move(x, y)
  await live.page.keyboard.down('Control')
  await live.page.mouse.wheel(0, -200)
  await expect.poll(() => lengthIn(live)).toBeLessThan(3500)
  const middle = (timesIn(live).from + timesIn(live).to) / 2
  expect(Math.abs(middle - (hour.from + hour.to) / 2), 'what is under the pointer stays there').toBeLessThan(
    60,
  )
  const closer = lengthIn(live)
  await live.page.mouse.wheel(0, 200)
  await expect.poll(() => lengthIn(live)).toBeGreaterThan(closer)
  await live.page.keyboard.up('Control')

  await live.page.goto(`${new URL(live.page.url()).origin}/?from=${hour.from}&to=${hour.to}`)
  await live.ready()
  await drag(live, { x: at(0.3).x, y: axisY }, { x: at(0.8).x, y: axisY })
  await expect.poll(() => timesIn(live).from).toBeLessThan(hour.from - 1500)
  expect(lengthIn(live), 'as much as before').toBe(3600)
  await expectAllBegin(live, panels)

  await live.page.keyboard.press('l')
  await live.pauseButton.waitFor()
  await expect.poll(() => live.badge.innerText()).toMatch(/^Live/)
})

story('two fingers zoom', async ({ stage }) => {
  const { live } = await pastHour(stage, {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  })
  await live.chart('CPU').scrollIntoViewIfNeeded()
  const { at } = await plotOf(live, 'CPU')
  const fingers = await live.page.context().newCDPSession(live.page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: number[]) =>
    fingers.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: places.map((place, id) => ({ ...at(place), id })),
    })
  await touch('touchStart', 0.45, 0.55)
  for (const apart of [0.1, 0.15, 0.2, 0.25]) await touch('touchMove', 0.5 - apart, 0.5 + apart)
  await touch('touchEnd')
  await expect.poll(() => lengthIn(live)).toBeLessThan(1500)
  expect(lengthIn(live)).toBeGreaterThan(300)
})

story('a spike of one sample is seen however far one zooms out', async ({ stage }) => {
  const server = await stage.simulate(...machine)
  const now = Math.floor(Date.now() / 1000)
  const events = Array.from({ length: 600 }, (_, index) => ({
    metric: 'orders',
    unit: 'orders',
    value: index === 300 ? 500 : 5,
    timestamp: now - 3000 + index * 5,
  }))
  expect(await push(server.url, ...events)).toMatchObject({ accepted: 600, rejected: [] })
  const spike = now - 1500
  for (const hours of [2, 12, 72]) {
    const query = `from=${spike - hours * 1800}&to=${spike + hours * 1800}&table=orders`
    const live = await stage.blank({ viewport: { width: 1440, height: 2600 } })
    await live.page.goto(`${server.url}?${query}`)
    await live.chart('orders').waitFor()
    await expect
      .poll(() => highestPaint(live.chart('orders')), { message: `how high it reaches, of ${hours} hours` })
      .toBeGreaterThan(0.6)
    await live.page.context().close()
  }
})

story('without history there is the present, and nothing that leads elsewhere', async ({ stage }) => {
  const server = await stage.simulate('--history', 'off')
  const live = await stage.open(server.url)
  await live.page.getByText('history off').waitFor()
  expect(await live.page.getByRole('button', { name: 'Choose a range' }).count()).toBe(0)
  const { from, to } = someHour()
  await live.page.goto(`${server.url}?from=${from}&to=${to}`)
  await live.page.getByText('This server keeps no history.').waitFor()
  expect(await live.page.getByRole('region', { name: 'Player' }).count()).toBe(0)
  await live.page.getByRole('button', { name: 'Back to Live' }).click()
  await live.pauseButton.waitFor()
})

story('a full disk is told at once, and live goes on', async ({ stage }) => {
  const server = await stage.simulate(...machine)
  const live = await stage.blank()
  await live.page.route('**/api/v1/history/status', async (route) => {
    const answer = await route.fetch()
    const status = (await answer.json()) as Record<string, unknown>
    await route.fulfill({ json: { ...status, state: 'full', message: 'no space left on device' } })
  })
  await live.page.goto(server.url)
  await live.ready()
  const banner = live.page.getByText('History: storage full.')
  await banner.waitFor()
  await live.page.getByText(/the disk is full \(no space left on device\)\. Live goes on\./).waitFor()
  const picture = await live.picture('CPU')
  await expect.poll(() => live.picture('CPU')).not.toBe(picture)
  expect(await live.badge.innerText()).toMatch(/^Live/)

  await live.page.unroute('**/api/v1/history/status')
  await live.page.reload()
  await live.ready()
  await live.page.getByText('history recording').waitFor()
  expect(await banner.count()).toBe(0)
})

story(
  'what is kept, how much of what may be, and how far it will reach, stands on the page',
  async ({ stage }) => {
    const server = await stage.simulate(...machine, '--retention-time', '3d', '--retention-size', '100MiB')
    const live = await stage.open(server.url)
    await expect
      .poll(() => words(live.page.getByTitle('What is kept of the past')))
      .toMatch(/^history recording · 2 h( \d+ min)? kept · [\d.]+ [KM]iB of 100 MiB$/)
    const presets = live.page.getByRole('radiogroup', { name: 'Time shown' })
    await expect.poll(() => words(presets)).toBe('1m 5m 15m 1h 6h 24h 3d')

    await live.page.getByTitle('What is kept of the past').click()
    const kept = live.panel('History')
    await kept.waitFor()
    await expect
      .poll(() => words(kept))
      .toMatch(/On disk [\d.]+ [KM]iB of 100 MiB .*Reaches back 2 h.*Will reach .*3 d/)
    await live.page.goBack()
    await live.page.keyboard.press('<')
    await pill(live).waitFor()
  },
)
