import type { Crosshair } from '../../chart/crosshair.ts'
import { ghostName } from '../../chart/ghost.ts'
import type { TimeRange, TimeWindow } from '../../chart/timeWindow.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { Past } from '../../series/past.ts'
import { RecordedValues } from './recordedValues.ts'

/** Why the page shows the instant it shows. */
export type MomentKind = 'live' | 'paused' | 'past' | 'crosshair'

/** What readouts ask: the value of a series at the one instant that the page shows now. */
export interface Reader {
  readonly kind: MomentKind
  /** Unix seconds; NaN while there is no data. */
  readonly time: number
  /** Undefined when the series has no value that is still true at that instant. */
  value: (metric: string) => number | undefined
  unit: (metric: string) => string
  /** The catalogue has such a series, with or without a value. */
  has: (metric: string) => boolean
  /** Unix seconds of the newest value of a series, however old. */
  lastTime: (metric: string) => number | undefined
  /** What has no value at that instant may get one yet: the past of it is on its way. */
  readonly loading?: boolean
  /** What the faint picture behind the picture shows at that instant; undefined while there is none. */
  readonly ghost?: Ghost | undefined
}

/** The same readings so many seconds earlier. */
export interface Ghost {
  readonly name: string
  readonly reader: Reader
}

/** Reads a host under the crosshair, at the end of a paused window or of a stretch of the past, or as it is now. */
export class HostReader implements Reader {
  readonly #host: HostSeries
  readonly #window: TimeWindow
  readonly #crosshair: Crosshair
  readonly #past: Past
  readonly #values: RecordedValues
  readonly #earlier: RecordedValues
  #ghost: (Ghost & { seconds: number }) | undefined
  readonly #range: TimeRange = { from: Number.NaN, to: Number.NaN }

  constructor(host: HostSeries, window: TimeWindow, crosshair: Crosshair, past: Past) {
    this.#host = host
    this.#window = window
    this.#crosshair = crosshair
    this.#past = past
    this.#values = new RecordedValues(host, past)
    this.#earlier = new RecordedValues(host, past)
  }

  get kind(): MomentKind {
    if (this.#crosshair.time !== undefined) return 'crosshair'
    if (this.#window.mode !== 'live') return 'past'
    return this.#window.paused ? 'paused' : 'live'
  }

  get time(): number {
    return this.#crosshair.time ?? this.#window.range(this.#host, this.#range).to
  }

  get loading(): boolean {
    const { loading, problem } = this.#past.state(this.#host.host.name)
    return loading && problem === undefined && !(this.time >= this.#host.oldestTime)
  }

  value(metric: string): number | undefined {
    const column = this.#host.column(metric)
    if (!column) return undefined
    const { time } = this
    return this.#values.valueAt(column, time, this.#window.range(this.#host, this.#range))
  }

  get ghost(): Ghost | undefined {
    const seconds = this.#window.ghost
    if (!(seconds > 0)) return undefined
    if (this.#ghost?.seconds !== seconds) {
      const value = (metric: string) => this.#valueBefore(metric, seconds)
      const reader = new EarlierReader(this, value, seconds)
      this.#ghost = { seconds, name: ghostName(seconds), reader }
    }
    return this.#ghost
  }

  /** Nobody reads for now: nothing is asked of the recorded past. */
  end(): void {
    this.#values.end()
    this.#earlier.end()
  }

  unit(metric: string): string {
    return this.#host.column(metric)?.series.unit ?? ''
  }

  has(metric: string): boolean {
    return this.#host.column(metric) !== undefined
  }

  lastTime(metric: string): number | undefined {
    return this.#host.column(metric)?.latest?.time
  }

  #valueBefore(metric: string, seconds: number): number | undefined {
    const column = this.#host.column(metric)
    if (!column) return undefined
    const { from, to } = this.#window.range(this.#host, this.#range)
    return this.#earlier.valueAt(column, this.time - seconds, { from: from - seconds, to: to - seconds })
  }
}

/** A reader of values so many seconds earlier; all else is as the other one says. */
class EarlierReader implements Reader {
  readonly value: (metric: string) => number | undefined
  readonly #now: Reader
  readonly #seconds: number

  constructor(now: Reader, value: (metric: string) => number | undefined, seconds: number) {
    this.#now = now
    this.value = value
    this.#seconds = seconds
  }

  get kind(): MomentKind {
    return this.#now.kind
  }

  get time(): number {
    return this.#now.time - this.#seconds
  }

  unit(metric: string): string {
    return this.#now.unit(metric)
  }

  has(metric: string): boolean {
    return this.#now.has(metric)
  }

  lastTime(metric: string): number | undefined {
    return this.#now.lastTime(metric)
  }
}
