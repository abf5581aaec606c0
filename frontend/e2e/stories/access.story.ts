import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { axeFindsNothing } from '../rig/faults.ts'
import { focusOf, operable, walkByTab } from '../rig/focus.ts'
import { NetworkCable } from '../../src/transport/testing/networkCable.ts'
import { someHour } from '../rig/pastPage.ts'
import { story } from '../rig/story.ts'
import { lostConnection } from '../rig/watchedPage.ts'

// The second theme differs from the first in its colours only.
for (const [theme, rules] of [
  ['dark', undefined],
  ['light', ['color-contrast']],
] as const) {
  const expectAccessible = (page: Page, what: string) => axeFindsNothing(page, what, rules)
  story(`axe finds no serious fault, ${theme}`, async ({ stage }) => {
    const server = await stage.simulate()
    const live = await stage.open(server.url, { colorScheme: theme, reducedMotion: 'reduce' })
    const { page } = live
    expect(await live.theme()).toBe(theme)
    await expectAccessible(page, 'the live page')

    await page.keyboard.press('Space')
    await live.chart('CPU').press('ArrowLeft')
    await expectAccessible(page, 'the live page, paused and with a crosshair')

    await page.getByRole('button', { name: /choose another/ }).click()
    await page.getByRole('menu').waitFor()
    await expectAccessible(page, 'the menu of hosts')
    await page.keyboard.press('Escape')

    await live.badge.click()
    await page.getByRole('group', { name: 'Connection' }).waitFor()
    await expectAccessible(page, 'the details of the connection')
    await page.getByRole('button', { name: /Another server/ }).click()
    await page.getByRole('dialog', { name: 'Server' }).waitFor()
    await expectAccessible(page, 'the dialog of the server')
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: /Keyboard/ }).click()
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await expectAccessible(page, 'the help')
  })

  story(`axe finds no serious fault in the past, ${theme}`, async ({ stage }) => {
    const server = await stage.simulate('--simulate-hosts', '1', '--simulate-past', '2h')
    const { from, to } = someHour()
    const address = `${server.url}?from=${from}&to=${to}&table=cpu&ghost=1d`
    const { page } = await stage.open(address, { colorScheme: theme, reducedMotion: 'reduce' })
    await page.getByRole('region', { name: 'Player' }).waitFor()
    await page.locator('[data-summary=cpu][aria-busy=false]').waitFor()
    await expectAccessible(page, 'the past, its player and a table')

    await page.keyboard.press('d')
    await page.getByRole('grid').waitFor()
    await expectAccessible(page, 'the choice of a range')
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'Export CPU', exact: true }).click()
    await page.getByRole('menu').waitFor()
    await expectAccessible(page, 'the menu of what can be saved')
  })

  story(`axe finds no serious fault while there is no data, ${theme}`, async ({ stage }) => {
    const server = await stage.simulate()
    const cable = stage.keep(await NetworkCable.to(server.port))
    const live = await stage.blank({ colorScheme: theme, reducedMotion: 'reduce' })
    const { page } = live
    live.watched.expect(lostConnection)
    await page.routeWebSocket('**/ws', () => undefined)
    await page.goto(cable.url)
    await live.badge.waitFor()
    await expectAccessible(page, 'the page that waits for data')
    await page.unrouteAll()

    await page.routeWebSocket('**/ws', (socket) => void socket.close({ code: 4500, reason: 'not today' }))
    await page.reload()
    await page.getByText('not today').waitFor()
    await expectAccessible(page, 'the page that was refused')

    await page.routeWebSocket('**/ws', (socket) => void socket.close({ code: 1012, reason: 'back soon' }))
    await page.reload()
    await page.getByText('The server does not answer').waitFor()
    await expectAccessible(page, 'the page without a server')
  })
}

const placesToWalk = {
  'the live page': () => '',
  'the past, with its player and a table': () => `?from=${someHour().from}&to=${someHour().to}&table=cpu`,
} as const

for (const [what, query] of Object.entries(placesToWalk))
  story(`the keyboard alone reaches everything, and the focus is seen: ${what}`, async ({ stage }) => {
    const server = await stage.simulate('--simulate-past', '2h')
    const live = await stage.open(`${server.url}${query()}`)
    const { page } = live
    const walked = await walkByTab(page)
    const reached = new Set(walked.map(({ mark }) => mark))
    const missed = (await operable(page)).filter(({ mark }) => !reached.has(mark))
    expect(
      missed.map(({ name }) => name),
      'what the Tab key does not reach',
    ).toEqual([])
    const unseen = walked.filter(({ visible }) => !visible).map(({ name }) => name)
    expect(unseen, 'what does not show that it has the focus').toEqual([])
    expect(reached.size).toBeGreaterThan(20)
  })

story('the calendar is walked by keys', async ({ stage }) => {
  const server = await stage.simulate('--simulate-hosts', '1', '--simulate-past', '2h')
  const live = await stage.open(server.url)
  const { page } = live
  await page.keyboard.press('d')
  const days = page.getByRole('grid')
  await days.waitFor()
  const inCalendar = () => days.evaluate((grid) => grid.contains(document.activeElement))
  for (let step = 0; step < 30 && !(await inCalendar()); step++) await page.keyboard.press('Tab')
  const today = (await focusOf(page))?.name
  await page.keyboard.press('ArrowUp')
  await expect.poll(async () => (await focusOf(page))?.name).not.toBe(today)
  await page.keyboard.press('ArrowDown')
  await expect.poll(async () => (await focusOf(page))?.name).toBe(today)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  await expect.poll(async () => (await focusOf(page))?.name ?? '').toContain('Choose a range')
})

story('dialogs and menus keep the focus and give it back', async ({ stage }) => {
  const server = await stage.simulate()
  const { page } = await stage.open(server.url)
  const opener = page.getByRole('button', { name: /Keyboard/ })
  await opener.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  for (let step = 0; step < 6; step++) {
    const focus = await focusOf(page)
    // Between the last and the first stop the focus may be on the browser itself.
    if (focus !== undefined) expect(focus.inDialog, focus.name).toBe(true)
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  await expect.poll(async () => (await focusOf(page))?.name ?? '').toContain('Keyboard')

  const switcher = page.getByRole('button', { name: /choose another/ })
  await switcher.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  expect((await focusOf(page))?.name ?? '').toMatch(/db-1/)
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await focusOf(page))?.name ?? '').toContain('choose another')
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.title()).toContain('cache-1')
})
