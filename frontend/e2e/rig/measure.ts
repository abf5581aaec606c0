import type { CDPSession, Page } from 'playwright-core'

/** What a page holds after its garbage was collected. */
export interface Held {
  heapBytes: number
  nodes: number
  listeners: number
}

/** Measures what a page holds. */
export class Scales {
  readonly #session: CDPSession

  private constructor(session: CDPSession) {
    this.#session = session
  }

  static async of(page: Page): Promise<Scales> {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    return new Scales(session)
  }

  async weigh(): Promise<Held> {
    // Twice: what the first collection finalizes, the second frees.
    for (let time = 0; time < 2; time++) await this.#session.send('HeapProfiler.collectGarbage')
    const { metrics } = await this.#session.send('Performance.getMetrics')
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
    return { heapBytes: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') }
  }
}
