import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { Nginx, nginxIsInstalled } from '../rig/nginx.ts'
import { builtApp, staticHostScript } from '../rig/places.ts'
import { expectValuesOfStream } from '../rig/readouts.ts'
import { StaticHost } from '../rig/staticHost.ts'
import { type Stage, story } from '../rig/story.ts'
import { lostConnection } from '../rig/watchedPage.ts'

story('under a path of its own: --base /vitals', async ({ stage }) => {
  const server = await stage.simulate('--interval', '250ms', '--base', '/vitals')
  expect(new URL(server.url).pathname).toBe('/vitals/')
  await tellCoreStory(stage, server.url)
})

story.skipIf(!nginxIsInstalled)(
  'behind nginx, under / and under a path that it strips',
  async ({ stage }) => {
    const server = await stage.simulate('--interval', '250ms', '--allow-host', 'vitals.example.org')
    const nginx = stage.keep(await Nginx.before(server.address))
    await tellCoreStory(stage, `${nginx.url}vitals/`, server.url)
    const live = await stage.open(nginx.url)
    await live.page.goto(`${nginx.url}vitals`)
    await expect.poll(() => live.page.url()).toBe(`${nginx.url}vitals/`)
    await live.ready()
  },
)
if (!nginxIsInstalled)
  console.warn('SKIPPED: the story behind nginx; install it with: apt-get install nginx-light')

story('the app on another host: allowed, remembered, with deep links', async ({ stage }) => {
  const host = stage.keep(await StaticHost.of(await appUnder(stage, '/app/'), '/app/'))
  const server = await stage.simulate(
    '--interval',
    '250ms',
    '--static',
    'none',
    '--allow-origin',
    host.origin,
  )
  const record = await stage.record(server.url)
  const live = await stage.open(`${host.url}?server=${server.url}`)
  expect(new URL(live.page.url()).search, 'the address is free of ?server=').toBe('')
  await record.more(20)
  await live.page.keyboard.press('Space')
  await expectValuesOfStream(live, record)

  await live.page.reload()
  await live.ready()
  // A static host answers a deep link with its page for what it has not, and the status says so.
  live.watched.expect(/status of 404/)
  await live.page.goto(`${host.url}hosts/db-1`)
  await live.ready()
  expect(await live.page.title()).toContain('db-1')
})

story('the app on another host that the server does not allow says so', async ({ stage }) => {
  const host = stage.keep(await StaticHost.of(await appUnder(stage, '/app/'), '/app/'))
  const server = await stage.simulate('--static', 'none')
  const live = await stage.blank()
  live.watched.expect(lostConnection)
  live.watched.expect(/blocked by CORS policy|net::ERR_FAILED/) // so it asks whether plain HTTP gets through
  await live.page.goto(`${host.url}?server=${server.url}`)
  await expect.poll(() => live.page.innerText('body')).toContain(server.url)
  await expect.poll(() => live.page.innerText('body')).toContain(`--allow-origin ${host.origin}`)
  await live.page.getByRole('button', { name: /Another server/ }).click()
  await live.page.getByRole('dialog', { name: 'Server' }).waitFor()
})

/** What must hold wherever the app lives: values, deep links, going to another host and back. */
async function tellCoreStory(stage: Stage, url: string, streamUrl = url): Promise<void> {
  const record = await stage.record(streamUrl)
  const live = await stage.open(url)
  const before = await live.picture('CPU')
  await expect.poll(() => live.picture('CPU')).not.toBe(before)
  await record.more(20)
  await live.page.keyboard.press('Space')
  await expectValuesOfStream(live, record)
  await live.page.keyboard.press('Space')

  await live.page.getByRole('button', { name: /choose another/ }).click()
  await live.page.getByRole('menuitem', { name: /^db-1/ }).click()
  await expect.poll(() => live.page.url()).toBe(`${url}hosts/db-1`)
  await expect.poll(() => live.page.title()).toContain('db-1')
  await live.page.reload()
  await live.ready()
  expect(await live.page.title()).toContain('db-1')
  await live.page.goBack()
  await expect.poll(() => live.page.title()).toContain('web-1')
  await live.page.goto(`${url}hosts/nobody`)
  await live.page.getByText('No such host').waitFor()
}

/** A copy of the built app, prepared to lie under a path. */
async function appUnder(stage: Stage, path: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vitals-app-'))
  stage.keep({ close: () => rm(folder, { recursive: true }) })
  await cp(builtApp, folder, { recursive: true })
  await promisify(execFile)(process.execPath, [staticHostScript, folder, path])
  return folder
}
