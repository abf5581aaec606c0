import type { Catalog, Host, Position, Series, Snapshot, Update } from '../wire/types.gen.ts'
import { Column } from './column.ts'
import { Listeners } from './listeners.ts'
import { PushedColumn } from './pushedColumn.ts'
import { Timeline, type RowRange } from './timeline.ts'

export type { RowRange } from './timeline.ts'

/** How many rows a host keeps: a quarter of an hour at least, an hour when that is no more than 3,600 rows. */
export function capacityFor(intervalSeconds: number): number {
  return Math.max(Math.ceil(900 / intervalSeconds), Math.min(Math.ceil(3600 / intervalSeconds), 3600))
}

// A series that left the catalogue keeps its past on screen, as long as there are not more than this in all.
const maxColumns = 4096

/** Pushed values that a host keeps: the fewer such series, the more of each. In all 8 MB at most. */
const pushedValues = 1 << 18
const leastPushedValues = 128
const mostPushedValues = 3600
/** A pushed series that left the catalogue stays for as long as it has a value in so many seconds. */
const pushedPastSeconds = 900

/**
 * The rolling past of one host: a ring of times and a ring of values for each series, all of one capacity and in step.
 * Rows are only ever appended, each later than the one before; a row keeps its number for as long as it is held. Series
 * that somebody pushes stand apart, each with times of its own: their values come when they come, and must not shorten
 * the past of the others. A row becomes one of the host's when it has a value of a series that is not pushed, or none.
 *
 * Frames may come twice, in part or after a restart of the server. A row that is already held is dropped: by its
 * sequence number within an epoch, by its time across epochs. A new row that is earlier than the newest one means that
 * the clock of the machine went back: the rows after it are forgotten. Rows before the first catalogue mean nothing and
 * are ignored. Appending a row allocates nothing.
 */
export class HostSeries {
  host: Host
  /** The rows of all series that are not pushed. */
  readonly timeline: Timeline
  #columns: Column[] = []
  #custom: PushedColumn[] = []
  readonly #byMetric = new Map<string, Column>()
  readonly #byFamily = new Map<string, Column[]>()
  /** The columns of rows as they come, in the order of the catalogue. */
  #wired: Column[] = []
  /** The row at hand, laid out like #wired; NaN for none. */
  #row = new Float64Array(0)
  #epoch = ''
  #seq = 0
  readonly #columnListeners = new Listeners()
  readonly #customListeners = new Listeners()

  constructor(host: Host, intervalSeconds: number) {
    this.host = host
    this.timeline = new Timeline(capacityFor(intervalSeconds), intervalSeconds)
  }

  /** Seconds between two ticks. */
  get interval(): number {
    return this.timeline.interval
  }

  /**
   * The series that are not pushed, in catalogue order; those that the catalogue no longer names, but whose past is
   * still held, stand last.
   */
  get columns(): readonly Column[] {
    return this.#columns
  }

  /**
   * The series that somebody pushes, in the same order. A new array whenever one comes or goes (subscribe 'custom').
   * Each has a timeline of its own, which tells of new values.
   */
  get custom(): readonly Column[] {
    return this.#custom
  }

  get capacity(): number {
    return this.timeline.capacity
  }

  /** The rows that are held. */
  get range(): RowRange {
    return this.timeline.range
  }

  /** Unix seconds of the newest row, or of the newest pushed value where there are no rows; NaN when there is none. */
  get newestTime(): number {
    return this.#orPushed(this.timeline.newest, (column) => column.timeline.newest, Math.max)
  }

  /** Unix seconds of the oldest row that is held, else of the oldest pushed value; NaN when there is none. */
  get oldestTime(): number {
    return this.#orPushed(this.timeline.oldest, (column) => column.timeline.oldest, Math.min)
  }

  /** Where the newest row stands in the stream: what a resume sends. Undefined before the first row. */
  get position(): Position | undefined {
    return this.#seq > 0 && this.#epoch !== '' ? { epoch: this.#epoch, seq: this.#seq } : undefined
  }

  /** The column of a metric, pushed or not. */
  column(metric: string): Column | undefined {
    return this.#byMetric.get(metric)
  }

  byFamily(family: string): readonly Column[] {
    return this.#byFamily.get(family) ?? []
  }

  /** The rows with from <= time <= to. */
  rows(from: number, to: number): RowRange {
    return this.timeline.rows(from, to)
  }

  times(range: RowRange): Float64Array {
    return this.timeline.times(range)
  }

  /** The values of a series that is not pushed in these rows, NaN for none; as long as times(range). */
  values(column: Column, range: RowRange): Float64Array {
    return column.valuesIn(range)
  }

  /** The value at an instant: the nearest one at or before it, unless that is too old to hold still. */
  valueAt(column: Column, time: number): number | undefined {
    return column.valueAt(time)
  }

  /** Tells of new rows, once a frame, of changed columns, or of pushed series that came or went. The result ends it. */
  subscribe(kind: 'rows' | 'columns' | 'custom', listener: () => void): () => void {
    if (kind === 'rows') return this.timeline.subscribe(listener)
    return (kind === 'columns' ? this.#columnListeners : this.#customListeners).add(listener)
  }

  /** Takes over what a server says of its clock; another interval means another capacity. */
  setInterval(intervalSeconds: number): void {
    this.timeline.interval = intervalSeconds
    const capacity = capacityFor(intervalSeconds)
    if (capacity === this.timeline.capacity) return
    this.timeline.resize(capacity)
    for (const column of this.#columns) column.ring = column.ring.resized(capacity)
  }

  /** Takes over the series and their order. Known ones keep their past, new ones start with an empty one. */
  applyCatalog({ series }: Catalog): void {
    const pushed = series.filter((one) => one.custom === true)
    const limit = pushedLimit(pushed.length)
    const custom = pushed.map((one, index) => this.#describePushed(one, index, limit))
    const columns = series
      .filter((one) => one.custom !== true)
      .map((one, index) => this.#describe(one, index))
    const listed = new Map([...custom, ...columns].map((column) => [column.series.metric, column]))
    this.#wired = series.map((one) => listed.get(one.metric)!)
    this.#row = new Float64Array(series.length)
    this.#setColumns(columns, new Set(listed.keys()))
    this.#setCustom(custom, new Set(listed.keys()))
    this.#index()
    this.#columnListeners.tell()
  }

  /** Appends the row of one tick, or what was pushed. */
  applyUpdate(update: Update, epoch: string): void {
    if (this.#wired.length === 0 || (epoch === this.#epoch && update.seq <= this.#seq)) return
    const known = epoch !== this.#epoch && update.timestamp === this.timeline.newest
    this.#epoch = epoch
    this.#seq = update.seq
    this.#layOut(update)
    const opens = this.#isRow() && !known
    if (opens) this.#appendRow(update.timestamp)
    this.#appendPushed(update.timestamp, false)
    this.#tellRows(opens)
  }

  /** Appends the rows of a run of the past that are not held yet. */
  applySnapshot(snapshot: Snapshot, epoch: string): void {
    const { seq, seqs, timestamps, columns } = snapshot
    const sameEpoch = epoch === this.#epoch
    const count = timestamps.length
    const last = seqs?.[count - 1] ?? seq + count - 1
    if (this.#wired.length === 0 || count === 0 || (sameEpoch && last <= this.#seq)) return
    const newest = this.timeline.newest
    // Across epochs rows are known by their time: from the first later one on, all are new.
    let later = sameEpoch
    let opened = false
    for (let row = 0; row < count; row++) {
      if (sameEpoch && (seqs?.[row] ?? seq + row) <= this.#seq) continue
      const time = timestamps[row]!
      for (let i = 0; i < this.#row.length; i++) this.#row[i] = columns[i]?.[row] ?? NaN
      if (this.#isRow()) {
        later ||= !(time <= newest)
        if (later) this.#appendRow(time)
        opened ||= later
      }
      this.#appendPushed(time, !sameEpoch)
    }
    this.#epoch = epoch
    this.#seq = last
    this.#tellRows(opened)
  }

  /** Forgets where it stands in the stream: rows that come next are known by their times, as after a restart. */
  forgetPosition(): void {
    this.#epoch = ''
    this.#seq = 0
  }

  /** Forgets all rows and columns. */
  clear(): void {
    this.timeline.clear()
    for (const column of [...this.#columns, ...this.#custom]) column.index = -1
    this.#columns = []
    this.#custom = []
    this.#wired = []
    this.forgetPosition()
    this.#index()
    this.#columnListeners.tell()
    this.#customListeners.tell()
    this.timeline.tell()
  }

  /** Lays the values of an update out by the catalogue. */
  #layOut({ columns, values }: Update): void {
    const row = this.#row
    row.fill(NaN)
    for (let i = 0; i < values.length; i++) {
      const at = columns === undefined ? i : (columns[i] ?? -1)
      if (at >= 0 && at < row.length) row[at] = values[i] ?? NaN
    }
  }

  /** Whether the row at hand belongs to the ticks of the host, and not only to series that are pushed. */
  #isRow(): boolean {
    let regular = false
    let pushed = false
    for (let i = 0; i < this.#wired.length; i++) {
      const isPushed = this.#wired[i] instanceof PushedColumn
      regular ||= !isPushed
      if (Number.isNaN(this.#row[i])) continue
      if (!isPushed) return true
      pushed = true
    }
    return regular && !pushed
  }

  #appendRow(time: number): void {
    if (time <= this.timeline.newest) this.#truncate(this.timeline.firstRow(time, false))
    this.timeline.push(time)
    let place = 0
    for (let i = 0; i < this.#wired.length; i++) {
      const column = this.#wired[i]!
      if (column instanceof PushedColumn) continue
      column.push(this.#row[i]!)
      place++
    }
    for (; place < this.#columns.length; place++) this.#columns[place]!.push(NaN)
  }

  #appendPushed(time: number, onlyLater: boolean): void {
    if (this.#custom.length === 0) return
    for (let i = 0; i < this.#wired.length; i++) {
      const column = this.#wired[i]!
      if (!(column instanceof PushedColumn) || Number.isNaN(this.#row[i])) continue
      if (!onlyLater || !(time <= column.timeline.newest)) column.append(time, this.#row[i]!)
    }
  }

  #tellRows(opened: boolean): void {
    let news = false
    for (const column of this.#custom) if (column.tellNews()) news = true
    // Where there are no rows, the pushed values say how far the past of the host reaches.
    if (opened || (news && Number.isNaN(this.timeline.newest))) this.timeline.tell()
  }

  #truncate(end: number): void {
    this.timeline.truncate(end)
    for (const column of this.#columns) column.truncate(end)
  }

  #setColumns(columns: Column[], listed: ReadonlySet<string>): void {
    const past = this.#columns
      .filter((column) => !listed.has(column.series.metric) && column.latest !== undefined)
      .slice(0, Math.max(0, maxColumns - columns.length))
    for (const column of this.#columns) column.index = -1
    this.#columns = [...columns, ...past]
    this.#columns.forEach((column, index) => (column.index = index))
  }

  #setCustom(custom: PushedColumn[], listed: ReadonlySet<string>): void {
    const before = this.#custom
    const oldest = this.newestTime - pushedPastSeconds
    const past = before
      .filter((column) => !listed.has(column.series.metric) && column.timeline.newest >= oldest)
      .slice(0, Math.max(0, maxColumns - custom.length))
    for (const column of before) column.index = -1
    this.#custom = [...custom, ...past]
    this.#custom.forEach((column, index) => (column.index = index))
    if (!sameEntries(before, this.#custom)) this.#customListeners.tell()
  }

  #describe(series: Series, index: number): Column {
    const column = this.#byMetric.get(series.metric)
    if (column === undefined || column instanceof PushedColumn)
      return new Column(series, index, this.timeline)
    column.series = series
    return column
  }

  #describePushed(series: Series, index: number, limit: number): PushedColumn {
    const column = this.#byMetric.get(series.metric)
    if (!(column instanceof PushedColumn)) return new PushedColumn(series, index, limit)
    column.series = series
    column.setLimit(limit)
    return column
  }

  #index(): void {
    this.#byMetric.clear()
    this.#byFamily.clear()
    for (const column of this.#custom) this.#byMetric.set(column.series.metric, column)
    for (const column of this.#columns) {
      this.#byMetric.set(column.series.metric, column)
      const family = this.#byFamily.get(column.series.family)
      if (family === undefined) this.#byFamily.set(column.series.family, [column])
      else family.push(column)
    }
  }

  #orPushed(
    time: number,
    read: (column: Column) => number,
    choose: (one: number, other: number) => number,
  ): number {
    if (!Number.isNaN(time)) return time
    let chosen = NaN
    for (const column of this.#custom) {
      const own = read(column)
      if (!Number.isNaN(own)) chosen = Number.isNaN(chosen) ? own : choose(chosen, own)
    }
    return chosen
  }
}

/** How many values each of so many pushed series keeps. */
function pushedLimit(count: number): number {
  const share = Math.floor(pushedValues / Math.max(1, count))
  return Math.max(leastPushedValues, Math.min(share, mostPushedValues))
}

function sameEntries<Entry>(one: readonly Entry[], other: readonly Entry[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index])
}
