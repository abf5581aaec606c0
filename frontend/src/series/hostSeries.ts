import type { Catalog, Host, Position, Series, Snapshot, Update } from '../wire/types.gen.ts'
import { Column } from './column.ts'
import { Listeners } from './listeners.ts'
import { MirroredRing } from './mirroredRing.ts'

/** Rows by their absolute numbers: start is in, end is out. */
export interface RowRange {
  start: number
  end: number
}

/** How many rows a host keeps: a quarter of an hour at least, an hour when that is no more than 3,600 rows. */
export function capacityFor(intervalSeconds: number): number {
  return Math.max(Math.ceil(900 / intervalSeconds), Math.min(Math.ceil(3600 / intervalSeconds), 3600))
}

// A series that left the catalogue keeps its past on screen, as long as there are not more than this in all.
const maxColumns = 4096

/**
 * The rolling past of one host: a ring of times and a ring of values for each series, all of one capacity and in step.
 * Rows are only ever appended, each later than the one before; a row keeps its number for as long as it is held.
 *
 * Frames may come twice, in part or after a restart of the server. A row that is already held is dropped: by its
 * sequence number within an epoch, by its time across epochs. A new row that is earlier than the newest one means that
 * the clock of the machine went back: the rows after it are forgotten. Rows before the first catalogue mean nothing and
 * are ignored. Appending allocates nothing.
 */
export class HostSeries {
  host: Host
  #interval: number
  #times: MirroredRing
  #columns: Column[] = []
  readonly #byMetric = new Map<string, Column>()
  readonly #byFamily = new Map<string, Column[]>()
  /** The columns that the catalogue names, in its order: the first #wired of #columns. */
  #wired = 0
  #epoch = ''
  #seq = 0
  readonly #rowListeners = new Listeners()
  readonly #columnListeners = new Listeners()

  constructor(host: Host, intervalSeconds: number) {
    this.host = host
    this.#interval = intervalSeconds
    this.#times = new MirroredRing(capacityFor(intervalSeconds))
  }

  /** Seconds between two ticks. */
  get interval(): number {
    return this.#interval
  }

  /** In catalogue order; series that the catalogue no longer names, but whose past is still held, stand last. */
  get columns(): readonly Column[] {
    return this.#columns
  }

  get capacity(): number {
    return this.#times.capacity
  }

  /** The rows that are held. */
  get range(): RowRange {
    return { start: this.#times.start, end: this.#times.end }
  }

  /** Unix seconds of the newest row, NaN when there is none. */
  get newestTime(): number {
    return this.#times.at(this.#times.end - 1)
  }

  /** Unix seconds of the oldest row that is held, NaN when there is none. */
  get oldestTime(): number {
    return this.#times.at(this.#times.start)
  }

  /** Where the newest row stands in the stream: what a resume sends. Undefined before the first row. */
  get position(): Position | undefined {
    return this.#seq > 0 ? { epoch: this.#epoch, seq: this.#seq } : undefined
  }

  column(metric: string): Column | undefined {
    return this.#byMetric.get(metric)
  }

  byFamily(family: string): readonly Column[] {
    return this.#byFamily.get(family) ?? []
  }

  /** The rows with from <= time <= to. */
  rows(from: number, to: number): RowRange {
    return { start: this.#firstRow(from, false), end: this.#firstRow(to, true) }
  }

  times(range: RowRange): Float64Array {
    return this.#times.view(range.start, range.end)
  }

  /** The values of a series in these rows, NaN for none; as long as times(range). */
  values(column: Column, range: RowRange): Float64Array {
    if (column.index >= 0) return column.ring.view(range.start, range.end)
    return new Float64Array(this.times(range).length).fill(NaN)
  }

  /** The value at an instant: the nearest one at or before it, unless that is older than one and a half of its steps. */
  valueAt(column: Column, time: number): number | undefined {
    const oldest = time - 1.5 * this.#interval * column.every
    for (let row = this.#firstRow(time, true) - 1; row >= this.#times.start; row--) {
      if (this.#times.at(row) < oldest) return undefined
      const value = column.index >= 0 ? column.ring.at(row) : NaN
      if (!Number.isNaN(value)) return value
    }
    return undefined
  }

  /** Tells of new rows, once a frame, or of changed columns. The result ends it. */
  subscribe(kind: 'rows' | 'columns', listener: () => void): () => void {
    return (kind === 'rows' ? this.#rowListeners : this.#columnListeners).add(listener)
  }

  /** Takes over what a server says of its clock; another interval means another capacity. */
  setInterval(intervalSeconds: number): void {
    this.#interval = intervalSeconds
    const capacity = capacityFor(intervalSeconds)
    if (capacity === this.#times.capacity) return
    this.#times = this.#times.resized(capacity)
    for (const column of this.#columns) column.ring = column.ring.resized(capacity)
  }

  /** Takes over the order of the columns. Known series keep their past, new ones start with an empty one. */
  applyCatalog(catalog: Catalog): void {
    const previous = this.#columns
    const wired = catalog.series.map((series, index) => this.#describe(series, index))
    const listed = new Set(wired)
    const room = maxColumns - wired.length
    const past = previous
      .filter((column) => !listed.has(column) && column.latest !== undefined)
      .slice(0, room)
    for (const column of previous) column.index = -1
    this.#columns = [...wired, ...past]
    this.#columns.forEach((column, index) => (column.index = index))
    this.#wired = wired.length
    this.#indexColumns()
    this.#columnListeners.tell()
  }

  /** Appends the row of one tick. */
  applyUpdate(update: Update, epoch: string): void {
    if (this.#wired === 0 || (epoch === this.#epoch && update.seq <= this.#seq)) return
    const known = epoch !== this.#epoch && update.timestamp === this.newestTime
    this.#epoch = epoch
    this.#seq = update.seq
    if (known) return
    this.#openRow(update.timestamp)
    for (let i = 0; i < this.#wired; i++) this.#columns[i]!.push(update.values[i] ?? NaN)
    this.#fillUnlisted()
    this.#rowListeners.tell()
  }

  /** Appends the rows of a run of the past that are not held yet. */
  applySnapshot(snapshot: Snapshot, epoch: string): void {
    const { seq, timestamps, columns } = snapshot
    const last = seq + timestamps.length - 1
    const sameEpoch = epoch === this.#epoch
    if (this.#wired === 0 || timestamps.length === 0 || (sameEpoch && last <= this.#seq)) return
    const first = sameEpoch ? Math.max(0, this.#seq + 1 - seq) : this.#firstAfter(timestamps, this.newestTime)
    for (let row = first; row < timestamps.length; row++) {
      this.#openRow(timestamps[row]!)
      for (let i = 0; i < this.#wired; i++) this.#columns[i]!.push(columns[i]?.[row] ?? NaN)
      this.#fillUnlisted()
    }
    this.#epoch = epoch
    this.#seq = last
    this.#rowListeners.tell()
  }

  /** Forgets all rows and columns. */
  clear(): void {
    this.#times = new MirroredRing(this.#times.capacity)
    for (const column of this.#columns) column.index = -1
    this.#columns = []
    this.#wired = 0
    this.#epoch = ''
    this.#seq = 0
    this.#indexColumns()
    this.#columnListeners.tell()
    this.#rowListeners.tell()
  }

  /** Adds the time of a row; the caller pushes a value to every column. */
  #openRow(time: number): void {
    if (time <= this.newestTime) this.#truncate(this.#firstRow(time, false))
    this.#times.push(time)
  }

  #truncate(end: number): void {
    this.#times.truncate(end)
    for (const column of this.#columns) column.truncate(end)
  }

  #fillUnlisted(): void {
    for (let i = this.#wired; i < this.#columns.length; i++) this.#columns[i]!.push(NaN)
  }

  #describe(series: Series, index: number): Column {
    const column = this.#byMetric.get(series.metric)
    if (column === undefined) return new Column(series, index, () => this.#times)
    column.series = series
    return column
  }

  #indexColumns(): void {
    this.#byMetric.clear()
    this.#byFamily.clear()
    for (const column of this.#columns) {
      this.#byMetric.set(column.series.metric, column)
      const family = this.#byFamily.get(column.series.family)
      if (family === undefined) this.#byFamily.set(column.series.family, [column])
      else family.push(column)
    }
  }

  /** The first row whose time is at or after an instant; with `after`, strictly after it. Times only grow with the row. */
  #firstRow(time: number, after: boolean): number {
    let low = this.#times.start
    let high = this.#times.end
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.#times.at(middle)
      if (at < time || (after && at === time)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The first of these rows that is later than all that is held. */
  #firstAfter(timestamps: readonly number[], newest: number): number {
    const first = timestamps.findIndex((time) => !(time <= newest))
    return first < 0 ? timestamps.length : first
  }
}
