import { expect } from 'vitest'
import { axeFindsNothing } from '../rig/faults.ts'
import { words } from '../rig/livePage.ts'
import { push } from '../rig/pushed.ts'
import { story } from '../rig/story.ts'

const whole = { viewport: { width: 1440, height: 2200 } }

story(
  'what somebody pushes has its chart at once, without a reload and without a jump',
  async ({ stage }) => {
    const server = await stage.simulate()
    const live = await stage.open(server.url, whole)
    const loaded = await live.page.evaluate(() => performance.timeOrigin)
    const before = await live.panel('File systems').boundingBox()
    await live.page.getByText('Any program can add a series').waitFor()

    const attic = { metric: 'room.temp{room=attic}', value: 21.3, unit: 'celsius', help: 'air by room' }
    expect(await push(server.url, attic)).toMatchObject({ accepted: 1, rejected: [] })
    const panel = live.panel('room.temp')
    await panel.waitFor()
    await expect.poll(() => words(panel)).toMatch(/room\.temp air by room 21\.3 °C (now|\d s ago) attic/)
    expect(await live.page.getByText('Any program can add a series').count()).toBe(0)

    await push(server.url, { metric: 'room.temp{room=yard}', value: -7.25, unit: 'celsius' })
    await expect.poll(() => words(panel)).toMatch(/2 series .* attic 21\.3 °C .* yard −7\.25 °C/)
    await push(server.url, { metric: 'orders', value: 12, unit: 'orders' })
    await live.panel('orders').waitFor()
    expect(await live.panel('File systems').boundingBox()).toEqual(before)
    expect(await live.page.evaluate(() => performance.timeOrigin), 'no reload').toBe(loaded)
    await axeFindsNothing(live.page, 'the page with pushed series')
  },
)

story('a pushed value that is old stands back and says of when it is', async ({ stage }) => {
  const server = await stage.simulate()
  const live = await stage.open(server.url, whole)
  const then = Math.floor(Date.now() / 1000) - 200
  await push(server.url, { metric: 'door.open', value: 1, unit: 'boolean', timestamp: then })
  const clock = new Date(then * 1000).toISOString().slice(11, 19)
  await expect
    .poll(() => words(live.panel('door.open')))
    .toMatch(new RegExp(`yes at (\\d+ \\w+ )?${clock.slice(0, 5)}`))
  await expect.poll(() => live.chart('door.open').count()).toBe(1)
})

story('the line that the page offers is one that the server takes', async ({ stage }) => {
  const server = await stage.simulate()
  const live = await stage.open(server.url, whole)
  await live.page.getByText('Any program can add a series').click()
  const line = await live.page.getByRole('region', { name: 'the line for curl' }).innerText()
  const [, body = ''] = /-d '(.*)' /.exec(line) ?? []
  const address = line.split(' ').at(-1) ?? ''
  const answer = await fetch(address.replaceAll("'", ''), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  })
  expect(answer.status).toBe(200)
  await expect.poll(() => words(live.panel('room.temp'))).toMatch(/21\.3 °C/)
})
