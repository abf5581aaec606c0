import type { Locator, Page } from 'playwright-core'
import { words } from './livePage.ts'

/** The Connection page as a person finds it. */
export class ConnectionPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Waits until the page stands. */
  async ready(): Promise<void> {
    await this.page.getByRole('heading', { name: 'Connection', exact: true }).waitFor()
  }

  panel(title: string): Locator {
    const heading = this.page.getByRole('heading', { name: title, exact: true, level: 2 })
    return this.page.locator('section[aria-labelledby]').filter({ has: heading })
  }

  /** The row of a check. */
  check(title: string): Locator {
    const heading = this.page.getByRole('heading', { name: title, exact: true, level: 3 })
    return this.page.getByRole('listitem').filter({ has: heading })
  }

  /** What came of a check: `pass`, `warning`, `failed`, `left out`, `running`, `not run yet`. */
  async outcome(title: string): Promise<string> {
    return (await this.check(title).locator('svg').first().getAttribute('aria-label')) ?? ''
  }

  /** What a fact of the stream is. */
  async fact(name: string): Promise<string> {
    const row = this.panel('Stream').locator('dl > div').filter({ hasText: name })
    return words(row.locator('dd'))
  }

  get runButton(): Locator {
    return this.page.getByRole('button', { name: /^(Run checks|Stop)$/ }).first()
  }
}
