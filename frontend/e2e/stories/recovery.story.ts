import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { LivePage } from '../rig/livePage.ts'
import { NetworkCable } from '../../src/transport/testing/networkCable.ts'
import { holeIn } from '../rig/pixels.ts'
import { builtApp } from '../rig/places.ts'
import { expectNoHoleSince } from '../rig/readouts.ts'
import { story } from '../rig/story.ts'
import { lostConnection } from '../rig/watchedPage.ts'

story(
  'a server that dies and comes back: said at once, a toast after 5 s, a hole, and on it goes',
  async ({ stage }) => {
    const settings = ['--source', 'host', '--interval', '200ms']
    const server = await stage.serve(...settings)
    const before = await stage.record(server.url)
    const live = await stage.open(`${server.url}?window=1m`)
    live.watched.expect(lostConnection)
    await noteWhenSeen(live, { lost: 'Lost', toast: 'No connection to the server' })
    await before.more(15)

    await server.stop('SIGKILL')
    await expect.poll(() => live.badge.innerText()).toMatch(/^Lost/)
    const toast = live.page.getByText('No connection to the server')
    await toast.waitFor()
    const { lost, toast: told } = await seen(live)
    // The timer of the toast starts in the same task as the badge changes; a few ms are the clock's.
    expect(told! - lost!, 'milliseconds from the badge to the toast').toBeGreaterThan(4900)

    const again = await stage.serve(...settings, '--listen', server.address)
    const after = await stage.record(again.url)
    await expect.poll(() => live.badge.innerText()).toMatch(/^Live/)
    await expect.poll(() => toast.count()).toBe(0)
    await after.more(15)
    // Before the pause: on a busy machine the stream runs far ahead of a page that stands still.
    const since = after.times.at(-10)!
    await live.pauseButton.click()
    await live.painted()
    const hole = await holeIn(live.chart('Memory'))
    expect(hole.longest, `columns without a value, of ${hole.width}`).toBeGreaterThan(hole.width / 20)
    await after.more(2)
    await expectNoHoleSince(live, after, since)
  },
)

story('a cut of the network leaves no hole', async ({ stage }) => {
  const server = await stage.simulate('--interval', '200ms')
  const record = await stage.record(server.url)
  const cable = stage.keep(await NetworkCable.to(server.port))
  const live = await stage.open(cable.url)
  live.watched.expect(lostConnection)
  await record.more(5)
  const beforeCut = record.times.at(-3)!

  cable.pull()
  await expect.poll(() => live.badge.innerText()).toMatch(/^Lost/)
  await record.more(10)
  cable.plug()
  await expect.poll(() => live.badge.innerText()).toMatch(/^Live/)
  await record.more(5)
  await live.pauseButton.click()
  await record.more(2)
  await expectNoHoleSince(live, record, beforeCut)
})

story('a server that comes back with a newer app offers to reload', async ({ stage }) => {
  const app = await mkdtemp(join(tmpdir(), 'vitals-app-'))
  stage.keep({ close: () => rm(app, { recursive: true }) })
  await cp(builtApp, app, { recursive: true })
  const old = await stage.simulate('--static', app)
  const live = await stage.open(old.url)
  live.watched.expect(lostConnection)
  await old.stop('SIGTERM')

  for (const encoding of ['.br', '.gz']) await rm(join(app, `index.html${encoding}`), { force: true })
  const page = await readFile(join(app, 'index.html'), 'utf8')
  await writeFile(join(app, 'index.html'), page.replace('</body>', '<!-- newer --></body>'))
  await stage.simulate('--static', app, '--listen', old.address)
  const offer = live.page.getByText('A newer version is there')
  await offer.waitFor()
  await live.page.getByRole('button', { name: 'Reload', exact: true }).click()
  await expect.poll(() => live.page.content()).toContain('<!-- newer -->')
  await live.ready()
  expect(await offer.count()).toBe(0)
})

/** Has the page note when each text is first on it, in its own milliseconds. */
async function noteWhenSeen(live: LivePage, texts: Record<string, string>): Promise<void> {
  await live.page.evaluate((wanted) => {
    const times: Record<string, number> = {}
    Object.assign(window, { seen: times })
    const look = () => {
      for (const [name, text] of Object.entries(wanted)) {
        if (times[name] === undefined && document.body.textContent.includes(text))
          times[name] = performance.now()
      }
    }
    new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true })
  }, texts)
}

async function seen(live: LivePage): Promise<Record<string, number>> {
  return live.page.evaluate(() => (window as unknown as { seen: Record<string, number> }).seen)
}
