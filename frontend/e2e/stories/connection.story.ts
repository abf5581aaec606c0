import { expect } from 'vitest'
import { ConnectionPage } from '../rig/connectionPage.ts'
import { axeFindsNothing } from '../rig/faults.ts'
import { push } from '../rig/pushed.ts'
import { story } from '../rig/story.ts'
import { StrictProxy } from '../rig/strictProxy.ts'
import { lostConnection } from '../rig/watchedPage.ts'

const checks = [
  'Server',
  'Host and Origin',
  'Base path',
  'WebSocket',
  'Event stream',
  'Compression',
  'Clocks',
]

story('the Connection page: reached by a key, all checks pass, and back again', async ({ stage }) => {
  const server = await stage.simulate()
  const live = await stage.open(`${server.url}hosts/db-1?window=1m`)
  await live.page.keyboard.press('c')
  await expect.poll(() => live.page.url()).toContain('/connection')
  const connection = new ConnectionPage(live.page)
  await connection.ready()
  expect(await connection.fact('Transport')).toBe('WebSocket')
  await expect.poll(() => live.page.getByText('followed').locator('..').innerText()).toContain('db-1')

  await live.page.keyboard.press('r')
  await expect.poll(() => connection.panel('Checks').innerText()).toContain('7 passed')
  for (const check of checks) expect(await connection.outcome(check), check).toBe('pass')
  await axeFindsNothing(live.page, 'the Connection page')

  await live.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await live.page.keyboard.press('y')
  await expect
    .poll(() => live.page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/^Vitals connection report[^]*ok {4}WebSocket: open/)
  await live.page.keyboard.press('c')
  await expect.poll(() => live.page.url()).toBe(`${server.url}hosts/db-1?window=1m`)
  await live.ready()
})

story(
  'where WebSockets are blocked the page lives on an event stream, says so, and says what mends it',
  async ({ stage }) => {
    const server = await stage.simulate()
    const proxy = stage.keep(await StrictProxy.before(server, { refusesUpgrades: true }))
    const live = await stage.blank()
    live.watched.expect(lostConnection)
    await live.page.goto(proxy.url)
    await live.ready()
    await expect.poll(() => live.badge.innerText()).toMatch(/^Live[^]*event stream/)
    await push(server.url, { metric: 'room.temp', value: 21.3, unit: 'celsius' })
    await live.panel('room.temp').waitFor()

    await live.page.keyboard.press('c')
    const connection = new ConnectionPage(live.page)
    await connection.ready()
    expect(await connection.fact('Transport')).toBe('event stream')
    await connection.runButton.click()
    await expect.poll(() => connection.outcome('WebSocket')).toBe('failed')
    expect(await connection.check('WebSocket').innerText()).toContain(
      'proxy_set_header Upgrade $http_upgrade;',
    )
    await expect.poll(() => connection.outcome('Event stream')).toBe('pass')

    proxy.strictness = {}
    await live.page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect.poll(() => connection.fact('Transport')).toBe('WebSocket')
  },
)

story(
  'behind a proxy that changes Host the page comes up, lives, and says what mends it',
  async ({ stage }) => {
    const server = await stage.simulate()
    const proxy = stage.keep(await StrictProxy.before(server, { changesHost: true }))
    const live = await stage.blank()
    live.watched.expect(lostConnection)
    await live.page.goto(proxy.url)
    await live.ready()
    await expect.poll(() => live.badge.innerText()).toMatch(/^Live[^]*event stream/)
    await live.page.keyboard.press('c')
    const connection = new ConnectionPage(live.page)
    await connection.ready()
    await connection.runButton.click()
    await expect.poll(() => connection.outcome('WebSocket')).toBe('failed')
    expect(await connection.check('Host and Origin').innerText()).toContain(
      'proxy_set_header Host $http_host;',
    )
  },
)

story('a proxy that holds back what flows is found out', async ({ stage }) => {
  const server = await stage.simulate('--interval', '250ms')
  const proxy = stage.keep(await StrictProxy.before(server, { holdsBytes: 48_000 }))
  const live = await stage.blank()
  await live.page.goto(`${proxy.url}connection?run=1`)
  const connection = new ConnectionPage(live.page)
  await expect.poll(() => connection.outcome('Event stream')).toBe('failed')
  expect(await connection.check('Event stream').innerText()).toContain('proxy_buffering off;')
})

story('eight tabs without WebSocket are all live over one connection', async ({ stage }) => {
  const server = await stage.simulate()
  const proxy = stage.keep(await StrictProxy.before(server, { refusesUpgrades: true }))
  const first = await stage.blank()
  first.watched.expect(lostConnection)
  const tabs = [first]
  while (tabs.length < 8) {
    const tab = await stage.beside(first)
    tab.watched.expect(lostConnection)
    tabs.push(tab)
  }
  await Promise.all(tabs.map((tab) => tab.page.goto(proxy.url)))
  for (const tab of tabs) {
    await tab.page.bringToFront()
    await expect.poll(() => tab.badge.innerText()).toMatch(/^Live[^]*event stream/)
  }
  await expect.poll(() => proxy.eventStreams).toBe(1)
})
