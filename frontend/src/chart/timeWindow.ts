import type { HostSeries } from '../series/hostSeries.ts'
import { Listeners } from '../series/listeners.ts'
import { Limits } from './timeLimits.ts'
import { sameView, type View } from './view.ts'
import { ViewSteps } from './viewSteps.ts'

export type { View } from './view.ts'

export interface TimeRange {
  /** Unix seconds, inclusive. */
  from: number
  to: number
}

const usualSpan = 300
/** Every step of a window that grows with its data is this much longer than the one before. */
const growth = 1.02
/** Seconds; a picture of a moment would be all noise. */
const leastStretch = 60

/**
 * The stretch of time that every chart of the page shows: the newest seconds of a host, a fixed stretch of the past, or
 * one that is played. The one state of that: what moves it (pointers, keys, a time bar, an address) calls its methods,
 * what shows it listens. Data goes on collecting whatever is shown.
 *
 * `subscribe` tells of another view: mode, span, ends, speed, pause, ghost. `follow` also tells whenever a playback has
 * moved on, which is each frame; where a live window stands is told by the rows of its host.
 */
export class TimeWindow {
  readonly #ahead = new Listeners()
  readonly #changes = new Listeners()
  readonly #moves = new Listeners()
  readonly limits = new Limits(() => this.#moves.tell())
  readonly #steps = new ViewSteps()
  #view: View
  #paused = false
  #ghost = 0
  /** Where a playback stands: the end of what it shows. */
  #position = Number.NaN
  #liveSpan: number
  /** The host that was shown last, and its newest time when the pause began. */
  #shown: HostSeries | undefined
  #pausedAt = Number.NaN

  /** span in seconds; Infinity shows all there is. */
  constructor(span = usualSpan) {
    this.#liveSpan = span
    this.#view = { mode: 'live', span }
  }

  /** A new object whenever it changes. */
  get view(): View {
    return this.#view
  }

  get mode(): View['mode'] {
    return this.#view.mode
  }

  /** Seconds; Infinity while all there is is shown. */
  get span(): number {
    const view = this.#view
    return view.mode === 'fixed' ? view.to - view.from : view.span
  }

  /** A live picture that is held still, or a playback that stands. */
  get paused(): boolean {
    return this.#paused
  }

  /** The picture moves by itself, with the rows of its host or by a playback. */
  get moves(): boolean {
    return this.#view.mode !== 'fixed' && !this.#paused
  }

  /** Seconds of the past in a second of a playback; 1 while nothing is played. */
  get speed(): number {
    return this.#view.mode === 'playing' ? this.#view.speed : 1
  }

  /** Unix seconds at which a playback stands; NaN while nothing is played. */
  get position(): number {
    return this.#view.mode === 'playing' ? this.#position : Number.NaN
  }

  /** How many seconds earlier the faint second picture is; 0 for none. */
  get ghost(): number {
    return this.#ghost
  }

  get canGoBack(): boolean {
    return this.#steps.any
  }

  /** Another length of what is shown: of a live window and of a playback the end stays, of a fixed one the middle. */
  setSpan(span: number): void {
    if (span === this.span || !(span > 0)) return
    const view = this.#view
    if (view.mode !== 'fixed') return this.#take({ ...view, span }, this.#paused)
    const middle = (view.from + view.to) / 2
    this.show(middle - span / 2, middle + span / 2)
  }

  /** Shows a stretch of the past, from and to in unix seconds. One that is none is ignored. */
  show(from: number, to: number): void {
    if (!(to > from) || !Number.isFinite(to - from)) return
    const view = this.#view
    if (view.mode === 'fixed' && view.from === from && view.to === to) return
    this.#take({ mode: 'fixed', from, to })
  }

  /** Shows the newest seconds again, as many as it did last, or another number of them. */
  live(span = this.#liveSpan): void {
    if (!(span > 0)) return
    if (this.#view.mode !== 'live') this.#take({ mode: 'live', span })
    else if (this.#paused) this.resume()
    this.setSpan(span)
  }

  pause(): void {
    if (this.#paused || this.#view.mode === 'fixed') return
    this.#paused = true
    this.#pausedAt = this.#shown?.newestTime ?? Number.NaN
    this.#tell()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#tell()
  }

  /** Shows what an address names; what was shown before is no step to go back to. */
  adopt(view: Exclude<View, { mode: 'playing' }>): void {
    if (!sameView(view, this.#view)) this.#set(view)
  }

  /**
   * Shows `factor` times as much: less than 1 is closer. The instant `at` stays where it is on the screen. Without one a
   * window that moves goes on moving, and a fixed one keeps its middle. A live window whose end would still be the
   * present stays live.
   */
  zoom(factor: number, at?: number): void {
    if (!(factor > 0) || !Number.isFinite(factor)) return
    const view = this.#view
    const { from, to } = this.#now()
    if (Number.isNaN(to)) return
    const wanted = this.limits.span((to - from) * factor, this.#shown)
    if (view.mode === 'live' && factor >= 1) return wanted > to - from ? this.setSpan(wanted) : undefined
    if (view.mode !== 'fixed' && at === undefined) return this.setSpan(wanted)
    const held = at ?? (from + to) / 2
    const start = held - (held - from) * (wanted / (to - from))
    const moved = this.limits.shift(start, start + wanted, 0, this.#shown)
    this.show(start + moved, start + moved + wanted)
  }

  /** Moves what is shown by so many seconds, the past being negative; not beyond what there is. A window that moved stands. */
  pan(seconds: number): void {
    const { from, to } = this.#now()
    if (Number.isNaN(to)) return
    const moved = this.limits.shift(from, to, seconds, this.#shown)
    if (moved === 0) return
    if (this.#view.mode === 'playing') this.seek(to + moved)
    else this.show(from + moved, to + moved)
  }

  /** Returns to what was shown before; false when there is nothing to return to. */
  back(): boolean {
    const view = this.#steps.pop()
    if (view === undefined) return false
    this.#set(view)
    return true
  }

  /**
   * Takes the changes until the next call of `endGesture` as one step to go back from, as those of one drag or one turn
   * of a wheel are.
   */
  beginGesture(): void {
    this.#steps.beginGesture(this.#view)
  }

  /** A hand is moving what is shown. */
  get inGesture(): boolean {
    return this.#steps.inGesture
  }

  endGesture(): void {
    this.#steps.endGesture(this.#view)
  }

  /**
   * Plays the past from an instant on as if it were live; from the beginning of what is shown when none is given. A
   * playback takes another speed. At the present it becomes live.
   */
  play(speed = 1, from = Number.NaN): void {
    if (!(speed > 0) || !Number.isFinite(speed)) return
    const range = this.#now()
    const start = Number.isNaN(from) ? (this.#view.mode === 'playing' ? this.#position : range.from) : from
    if (Number.isNaN(start)) return
    this.#position = start
    if (this.#view.mode === 'playing' && this.#view.speed === speed && !this.#paused) this.#moves.tell()
    else this.#take({ mode: 'playing', span: range.to - range.from, speed })
  }

  /** Moves a playback to an instant, within what there is. */
  seek(time: number): void {
    if (this.#view.mode !== 'playing' || Number.isNaN(time)) return
    const position = this.limits.instant(time, this.#shown)
    if (position === this.#position) return
    this.#position = position
    this.#moves.tell()
  }

  /** Moves a playback by so many samples and lets it stand there. */
  step(samples: number): void {
    this.pause()
    this.seek(this.#position + samples * (this.#shown?.interval ?? 1))
  }

  /** Moves a playback on by seconds of the clock on the wall; one that reaches the present becomes live. */
  advance(seconds: number): void {
    if (this.#view.mode !== 'playing' || this.#paused || !(seconds > 0)) return
    this.#position += seconds * this.#view.speed
    if (this.#position >= (this.#shown?.newestTime ?? Number.NaN)) this.live(this.#view.span)
    else this.#moves.tell()
  }

  /** Shows the same stretch so many seconds earlier behind the picture; 0 for nothing. */
  setGhost(seconds: number): void {
    if (seconds === this.#ghost || !(seconds >= 0)) return
    this.#ghost = seconds
    this.#tell()
  }

  /** The stretch to show, written into `into` (nothing is allocated in a frame). NaN at both ends without data. */
  range(host: HostSeries, into: TimeRange = { from: Number.NaN, to: Number.NaN }): TimeRange {
    this.#shown = host
    const view = this.#view
    into.to = this.#end(host)
    into.from = view.mode === 'fixed' ? view.from : into.to - this.stretch(host)
    return into
  }

  /** The stretch that a live window would show, of this or another length. */
  liveRange(host: HostSeries, span = this.#liveSpan): TimeRange {
    const to = host.newestTime
    return { from: to - this.#filled(host, to, span), to }
  }

  /**
   * How many seconds the picture of a host covers: the span, or while less than that is held a little more than what
   * is, so that a server that has just started fills its charts. It grows in steps and not with every row. While nobody
   * knows how much is recorded it is the span.
   */
  stretch(host: HostSeries): number {
    return this.#view.mode === 'live' ? this.#filled(host, this.#end(host), this.span) : this.span
  }

  #filled(host: HostSeries, end: number, span: number): number {
    const { limits } = this
    const held = end - (span === Infinity ? limits.oldestKnown(host) : limits.oldest(host))
    if (!(held < span)) return span
    const least = Math.max(held, leastStretch, 10 * host.interval)
    return Math.min(span, growth ** Math.ceil(Math.log(least) / Math.log(growth)))
  }

  /** Whether rows of a host that are newer than an instant are in the picture. */
  shows(newest: number): boolean {
    if (this.#view.mode === 'live') return !this.#paused
    return this.#view.mode === 'fixed' && !(newest >= this.#view.to)
  }

  /** Called when the view, the pause or the ghost change, not when data arrives or a playback moves on. */
  readonly subscribe = (listener: () => void): (() => void) => this.#changes.add(listener)

  /** Called at such a change before all others: for what has to be asked for, which then is under way while pages render. */
  readonly ahead = (listener: () => void): (() => void) => this.#ahead.add(listener)

  /** Called when anything of what is shown changes but for the rows of a host: for what draws. */
  readonly follow = (listener: () => void): (() => void) => {
    const stops = [this.#changes.add(listener), this.#moves.add(listener)]
    return () => stops.forEach((stop) => stop())
  }

  #end(host: HostSeries): number {
    switch (this.#view.mode) {
      case 'fixed':
        return this.#view.to
      case 'playing':
        return this.#position
      case 'live':
        return this.#paused ? this.#frozen(host) : host.newestTime
    }
  }

  /** The instant of the pause, for every host: one that is shown later, too, stands still where the first one did. */
  #frozen(host: HostSeries): number {
    if (Number.isNaN(this.#pausedAt)) this.#pausedAt = host.newestTime
    return Math.min(this.#pausedAt, host.newestTime)
  }

  /** What is shown of the host that was shown last. */
  #now(): TimeRange {
    const view = this.#view
    if (view.mode === 'fixed') return { from: view.from, to: view.to }
    return this.#shown ? this.range(this.#shown) : { from: Number.NaN, to: Number.NaN }
  }

  /** A view of its own: what was shown until now can be gone back to. */
  #take(view: View, paused = false): void {
    this.#steps.add(this.#view)
    this.#set(view, paused)
  }

  #set(view: View, paused = false): void {
    this.#view = view
    this.#paused = paused
    if (view.mode === 'live') this.#liveSpan = view.span
    this.#tell()
  }

  #tell(): void {
    this.#ahead.tell()
    this.#changes.tell()
  }
}
