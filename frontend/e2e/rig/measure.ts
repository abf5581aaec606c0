import type { CDPSession, Page } from 'playwright-core'

/** What a page holds after its garbage was collected. */
export interface Held {
  /** Objects, arrays and strings of the page's scripts. */
  dataBytes: number
  /** What the engine compiled of them: it grows until it has seen everything often enough. */
  codeBytes: number
  nodes: number
  listeners: number
}

/** The part of a heap snapshot that is read here: nodes are rows of numbers, whose meaning stands in `meta`. */
interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } }
  nodes: number[]
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
    const sizes = sizesByType(await this.#snapshot())
    const { metrics } = await this.#session.send('Performance.getMetrics')
    const counted = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
    const codeBytes = sizes.get('code') ?? 0
    const all = [...sizes].reduce((sum, [type, bytes]) => (type === 'native' ? sum : sum + bytes), 0)
    const [nodes, listeners] = [counted('Nodes'), counted('JSEventListeners')]
    return { dataBytes: all - codeBytes, codeBytes, nodes, listeners }
  }

  async #snapshot(): Promise<Snapshot> {
    const chunks: string[] = []
    const take = ({ chunk }: { chunk: string }) => void chunks.push(chunk)
    this.#session.on('HeapProfiler.addHeapSnapshotChunk', take)
    await this.#session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
    this.#session.off('HeapProfiler.addHeapSnapshotChunk', take)
    return JSON.parse(chunks.join('')) as Snapshot
  }
}

function sizesByType({ snapshot: { meta }, nodes }: Snapshot): Map<string, number> {
  const [type, size] = [meta.node_fields.indexOf('type'), meta.node_fields.indexOf('self_size')]
  const sizes = new Map<string, number>()
  for (let at = 0; at < nodes.length; at += meta.node_fields.length) {
    const name = meta.node_types[0][nodes[at + type]!] ?? 'unknown'
    sizes.set(name, (sizes.get(name) ?? 0) + nodes[at + size]!)
  }
  return sizes
}
