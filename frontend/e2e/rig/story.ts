import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { expect, test, type TestContext } from 'vitest'
import { LivePage } from './livePage.ts'
import { chromiumPath, results } from './places.ts'
import { StreamRecord } from './stream.ts'
import { VitalsServer } from './vitalsServer.ts'
import { usualContext, WatchedPage, watchViolations } from './watchedPage.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-precise-memory-info',
  // The name of the example configurations, for the story behind a proxy.
  '--host-resolver-rules=MAP vitals.example.org 127.0.0.1',
]

interface Closable {
  close(): unknown
}

/** What one story has on its table: servers, pages and clients that go away with it, whatever happens. */
export class Stage {
  readonly #browser: Browser
  readonly #pages: WatchedPage[] = []
  readonly #closables: Closable[] = []

  constructor(browser: Browser) {
    this.#browser = browser
  }

  /** Closes it at the end of the story. */
  keep<Thing extends Closable>(thing: Thing): Thing {
    this.#closables.push(thing)
    return thing
  }

  async serve(...settings: string[]): Promise<VitalsServer> {
    const server = await VitalsServer.start(...settings)
    this.keep({ close: () => server.stop() })
    return server
  }

  /** Simulated machines with a past. */
  async simulate(...settings: string[]): Promise<VitalsServer> {
    return this.serve('--source', 'simulate', ...settings)
  }

  async record(appUrl: string, query?: string): Promise<StreamRecord> {
    const record = await StreamRecord.of(appUrl, query)
    this.keep({ close: () => record.stop() })
    return record
  }

  /** A page in a profile of its own, not yet anywhere. */
  async blank(options: BrowserContextOptions = {}): Promise<LivePage> {
    const context = await this.#browser.newContext({ ...usualContext, ...options })
    context.setDefaultTimeout(45_000)
    await watchViolations(context)
    const watched = new WatchedPage(await context.newPage())
    this.#pages.push(watched)
    return new LivePage(watched)
  }

  /** Another tab of the same browser, not yet anywhere. */
  async beside(live: LivePage): Promise<LivePage> {
    const watched = new WatchedPage(await live.page.context().newPage())
    this.#pages.push(watched)
    return new LivePage(watched)
  }

  /** A page at that address, with values on it. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<LivePage> {
    const live = await this.blank(options)
    await live.page.goto(url)
    await live.ready()
    return live
  }

  /** What went wrong in any page of the story. */
  async faults(): Promise<string[]> {
    return (await Promise.all(this.#pages.map((page) => page.faults()))).flat()
  }

  async leave(folder: string): Promise<void> {
    for (const [index, page] of this.#pages.entries()) await page.leave(folder, `page-${index + 1}`)
  }

  async clear(): Promise<void> {
    for (const { page } of this.#pages) await page.context().close()
    for (const thing of this.#closables.reverse()) await thing.close()
  }
}

interface Given {
  browser: Browser
  stage: Stage
}

/** A story: it gets an empty stage, and fails when a page had a fault that the story did not announce. */
export const story = test.extend<Given>({
  browser: [
    // eslint-disable-next-line no-empty-pattern -- Vitest wants to see which fixtures a fixture needs
    async ({}, use) => {
      const browser = await chromium.launch({ executablePath: chromiumPath, args: flags })
      await use(browser)
      await browser.close()
    },
    { scope: 'file' },
  ],
  stage: async ({ browser, task }, use) => {
    const stage = new Stage(browser)
    try {
      await use(stage)
      if (!hasFailed(task)) expect(await stage.faults(), 'faults in the page').toEqual([])
    } catch (error) {
      await stage.leave(folderOf(task.name))
      throw error
    } finally {
      if (hasFailed(task)) await stage.leave(folderOf(task.name))
      await stage.clear()
    }
  },
})

function hasFailed({ result }: TestContext['task']): boolean {
  return result?.state === 'fail' || (result?.errors?.length ?? 0) > 0
}

function folderOf(name: string): string {
  return join(
    results,
    name
      .replace(/[^\w]+/g, '-')
      .toLowerCase()
      .slice(0, 80),
  )
}
