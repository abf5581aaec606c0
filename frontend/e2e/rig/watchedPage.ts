import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** Chromium says so of every socket that does not open; a story that cuts the network expects it. */
export const lostConnection = /WebSocket connection to '.*' failed|net::ERR_(CONNECTION|NETWORK|EMPTY|SOCKET)/

declare global {
  interface Window {
    /** Violations of the Content-Security-Policy, noted from the first script on. */
    violations?: string[]
  }
}

/** A page whose console, errors and violations of the Content-Security-Policy are written down. */
export class WatchedPage {
  readonly page: Page
  /** Everything that was said, for the record of a failed story. */
  readonly log: string[] = []
  readonly #faults: string[] = []
  readonly #expected: RegExp[] = []

  constructor(page: Page) {
    this.page = page
    page.on('console', (message) => {
      const line = `console ${message.type()}: ${message.text()} (${message.location().url})`
      this.log.push(line)
      if (['error', 'warning'].includes(message.type())) this.#faults.push(line)
    })
    page.on('pageerror', (error) => {
      this.log.push(`page error: ${error.stack ?? error.message}`)
      this.#faults.push(`page error: ${error.message}`)
    })
    page.on('crash', () => this.#faults.push('the page crashed'))
  }

  expect(fault: RegExp): void {
    this.#expected.push(fault)
  }

  /** What went wrong in the page that nobody expected. */
  async faults(): Promise<string[]> {
    const violations = await this.page.evaluate(() => window.violations ?? []).catch(() => [] as string[])
    const unexpected = this.#faults.filter((fault) => !this.#expected.some((pattern) => pattern.test(fault)))
    return [...unexpected, ...violations.map((violation) => `policy violated: ${violation}`)]
  }

  /** Leaves a screenshot and the console in a folder. */
  async leave(folder: string, name: string): Promise<void> {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `${name}.log`), [this.page.url(), ...this.log, ''].join('\n'))
    await this.page.screenshot({ path: join(folder, `${name}.png`) }).catch(() => undefined)
  }
}

/** What every page of the stories has in common. The zone is fixed so that times can be compared. */
export const usualContext: BrowserContextOptions = {
  viewport: { width: 1440, height: 900 },
  colorScheme: 'dark',
  locale: 'en-GB',
  timezoneId: 'UTC',
}

export async function watchViolations(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.violations = []
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations?.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`)
    })
  })
}
