import { createHash } from 'node:crypto'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { WatchedPage } from './watchedPage.ts'

/** The Live page as a person finds it: by its roles, names and words. */
export class LivePage {
  readonly watched: WatchedPage
  readonly page: Page

  constructor(watched: WatchedPage) {
    this.watched = watched
    this.page = watched.page
  }

  /** Waits for the first values, the first picture, and what it needs of the recorded past. */
  async ready(): Promise<void> {
    await this.page.locator('main[aria-busy=false]').waitFor()
    await expect.poll(() => this.tile('CPU')).toMatch(/^\d+\.\d %$/)
    await expect.poll(() => this.chart('CPU').evaluate(isPainted)).toBe(true)
    await this.page.waitForFunction(() => document.fonts.status === 'loaded')
    await this.loaded()
  }

  /** Resolves when no chart in sight waits for anything of the past; those out of sight are not drawn. */
  async loaded(): Promise<void> {
    await this.painted()
    const waiting = () =>
      this.page.locator('canvas[aria-busy=true]').evaluateAll((charts) => {
        const boxes = charts.map((chart) => chart.getBoundingClientRect())
        return boxes.filter(({ top, bottom }) => top >= 0 && bottom <= innerHeight).length
      })
    await expect.poll(waiting, { message: 'charts that wait' }).toBe(0)
  }

  /** The large figure with its unit: `23.6 %`, `14.2 / 24.0 GiB`. */
  async tile(title: string): Promise<string> {
    return words(this.tileBox(title).locator('p'))
  }

  /** The small statement at the right of a tile's title. */
  async tileAside(title: string): Promise<string> {
    return words(this.tileBox(title).getByRole('heading').locator('> span'))
  }

  tileBox(title: string): Locator {
    return this.page.getByRole('group', { name: title, exact: true })
  }

  panel(title: string): Locator {
    const heading = this.page.getByRole('heading', { name: title, exact: true })
    return this.page.locator('section[aria-labelledby]').filter({ has: heading })
  }

  /** What a panel states at the right of its title. */
  async statement(title: string): Promise<string> {
    return words(this.panel(title).locator('div').first().locator('> span'))
  }

  legend(panel: string, entry: string): Locator {
    return this.panel(panel).locator('button[aria-pressed]').filter({ hasText: entry })
  }

  /** The values of a panel's legend, by entry. */
  async legendValues(panel: string): Promise<Record<string, string>> {
    const entries = await this.panel(panel).locator('button[aria-pressed]').all()
    const pairs = entries.map(async (entry) => {
      const name = await words(entry.locator('> span').first())
      return [name, await words(entry.locator('> b'))] as const
    })
    return Object.fromEntries(await Promise.all(pairs))
  }

  /** The picture of a panel; it takes the focus and moves the crosshair with the arrows. */
  chart(title: string): Locator {
    return this.page.getByRole('slider', { name: `${title}, crosshair`, exact: true })
  }

  get charts(): Locator {
    return this.page.getByRole('slider')
  }

  get badge(): Locator {
    return this.page.getByTitle('How fresh the data is')
  }

  get pauseButton(): Locator {
    return this.page.getByRole('button', { name: /^(Pause|Resume)$/ })
  }

  span(name: '1m' | '5m' | '15m' | '1h'): Locator {
    return this.page.getByRole('radio', { name, exact: true })
  }

  /** The instant that a panel says it shows, as `14:32:07`; empty when that is now. */
  async instant(panel = 'CPU'): Promise<string> {
    return /at (\d\d:\d\d:\d\d)/.exec(await this.statement(panel))?.[1] ?? ''
  }

  /** What assistive technology reads of a focused chart: the time and the values under the crosshair. */
  async underCrosshair(title: string): Promise<string> {
    return (await this.chart(title).getAttribute('aria-valuetext')) ?? ''
  }

  /** The pixels of a chart, as a fingerprint. */
  async picture(title: string): Promise<string> {
    return fingerprint(await this.chart(title).evaluate(pixelsOf))
  }

  /** The pixels of a chart on a paused page, once they stand still. */
  async settledPicture(title: string): Promise<string> {
    let [before, now] = ['', await this.picture(title)]
    while (before !== now) {
      await this.painted()
      ;[before, now] = [now, await this.picture(title)]
    }
    return now
  }

  /** The pixels of all charts and of what lies over them, as fingerprints by name. */
  async pictures(): Promise<Record<string, string>> {
    const pictures: Record<string, string> = {}
    for (const figure of await this.page.getByRole('figure').all()) {
      pictures[(await figure.getAttribute('aria-label')) ?? ''] = fingerprint(await figure.screenshot())
    }
    return pictures
  }

  /** Resolves when the page has painted what it knew at the call. */
  async painted(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    )
  }

  /** The theme that is shown. */
  async theme(): Promise<string | undefined> {
    return this.page.evaluate(() => document.documentElement.dataset['theme'])
  }
}

/** What a reader sees of an element, in one line. */
export async function words(element: Locator): Promise<string> {
  return (await element.innerText()).replace(/\s+/g, ' ').trim()
}

/** Looks at a copy: a canvas that is read often is one that the browser treats differently. */
function isPainted(canvas: Element): boolean {
  const { width, height } = canvas as HTMLCanvasElement
  const copy = new OffscreenCanvas(width, height).getContext('2d')!
  copy.drawImage(canvas as HTMLCanvasElement, 0, 0)
  return copy.getImageData(0, 0, width, height).data.some((value) => value > 0)
}

function pixelsOf(canvas: Element): string {
  return (canvas as HTMLCanvasElement).toDataURL()
}

function fingerprint(pixels: string | Buffer): string {
  return createHash('sha1').update(pixels).digest('hex')
}
