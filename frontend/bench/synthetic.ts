/** Hosts with invented data: the same for the same seed, in the bench and in the gallery. */
import { HostSeries } from '../src/series/hostSeries.ts'
import type { Series } from '../src/wire/types.gen.ts'

/** One invented series: a random walk around `base`, now and then a spike. */
export interface Invented {
  metric: string
  unit: string
  base: number
  wobble: number
  spike?: number
  every?: number
}

/** A sequence of numbers from 0 to 1 that depends on the seed only. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 7919 + 1) % 2147483647
  return () => (state = (state * 16807) % 2147483647) / 2147483647
}

export class SyntheticHost {
  readonly series: HostSeries
  readonly #invented: readonly Invented[]
  readonly #walks: number[]
  readonly #random: () => number
  readonly #interval: number
  #time: number
  #seq = 0

  constructor(invented: readonly Invented[], interval: number, start: number, seed = 7) {
    this.#invented = invented
    this.#walks = invented.map(({ base }) => base)
    this.#random = randomNumbers(seed)
    this.#interval = interval
    this.#time = start
    this.series = new HostSeries({ name: 'web-1', hostname: 'web-1', memoryBytes: 24 * 2 ** 30 }, interval)
    this.series.applyCatalog({ type: 'catalog', host: 'web-1', series: invented.map(describe) })
  }

  /** Appends rows, as ticks of the server do. */
  tick(rows = 1): void {
    for (let row = 0; row < rows; row++) {
      const values = this.#invented.map((invented, index) => this.#next(invented, index))
      this.series.applyUpdate(
        { type: 'update', host: 'web-1', seq: ++this.#seq, timestamp: this.#time, values },
        'synthetic',
      )
      this.#time += this.#interval
    }
  }

  /** Lets time pass without rows, as a lost connection does. */
  skip(seconds: number): void {
    this.#time += seconds
  }

  #next({ base, wobble, spike = 0, every = 1 }: Invented, index: number): number | null {
    const walk = this.#walks[index]! + (base - this.#walks[index]!) * 0.06 + (this.#random() - 0.5) * wobble
    this.#walks[index] = walk
    if (this.#seq % every !== 0) return null
    const phase = (this.#seq * this.#interval) % 300
    const extra = phase > 200 && phase < 234 ? Math.sin(((phase - 200) / 34) * Math.PI) * spike : 0
    return Math.max(0, Math.round((walk + extra) * 100) / 100)
  }
}

function describe({ metric, unit, every }: Invented): Series {
  const [family = metric, labels] = metric.split('{')
  const series: Series = { metric, family, unit, kind: 'gauge' }
  if (every !== undefined) series.every = every
  const label = labels?.replace('}', '').split('=')
  if (label?.[0] !== undefined && label[1] !== undefined) series.labels = { [label[0]]: label[1] }
  return series
}
