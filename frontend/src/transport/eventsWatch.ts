import type { Pong } from '../wire/types.gen.ts'
import type { Clock } from './clock.ts'
import { OneWayOffset } from './clockOffset.ts'
import type { HeartbeatEvents, Watch } from './heartbeat.ts'

/** A server sends a ping into an event stream so often. */
const pingEveryMs = 15_000
/** Two pings missed, and what a slow way may add. */
const silenceMs = 2 * pingEveryMs + 5_000
/** Asked whether the server is there, one that was heard within this time is. */
const freshMs = pingEveryMs + 2_000
const probeMs = 3_000
/** A timer this late means that the machine slept: what the server said meanwhile may still lie in the socket. */
const lateMs = 2_000

/**
 * Watches over an event stream, on which only the server speaks: dead after two missed pings. A probe cannot ask; where
 * nothing was heard for longer than from one ping to the next, it gives the stream 3 s more.
 */
export class EventsWatch implements Watch {
  readonly #clock: Clock
  readonly #events: HeartbeatEvents
  readonly #offset = new OneWayOffset()
  #lastHeardMs: number
  #cancelSilence = nothing
  #cancelProbe: (() => void) | undefined

  /** Starts at once. */
  constructor(clock: Clock, events: HeartbeatEvents) {
    this.#clock = clock
    this.#events = events
    this.#lastHeardMs = clock.monotonicMs()
    this.#watchSilence(silenceMs)
  }

  heard(): void {
    this.#lastHeardMs = this.#clock.monotonicMs()
    this.#endProbe()
  }

  pong({ time }: Pong): void {
    this.#events.onMeasured({ clockOffsetMs: this.#offset.add(time * 1000, this.#clock.wallMs()) })
  }

  probe(): void {
    if (this.#cancelProbe !== undefined || this.#silentMs() < freshMs) return
    this.#cancelProbe = this.#clock.after(probeMs, () => this.#die())
  }

  stop(): void {
    this.#cancelSilence()
    this.#endProbe()
  }

  #silentMs(): number {
    return this.#clock.monotonicMs() - this.#lastHeardMs
  }

  #endProbe(): void {
    this.#cancelProbe?.()
    this.#cancelProbe = undefined
  }

  #watchSilence(delayMs: number): void {
    const due = this.#clock.monotonicMs() + delayMs
    this.#cancelSilence = this.#clock.after(delayMs, () => {
      const left = silenceMs - this.#silentMs()
      if (left > 0) return this.#watchSilence(left)
      if (this.#clock.monotonicMs() - due < lateMs) return this.#die()
      this.probe()
      this.#watchSilence(silenceMs)
    })
  }

  #die(): void {
    const seconds = Math.round(this.#silentMs() / 1000)
    this.stop()
    this.#events.onDead(`nothing heard for ${seconds} s`)
  }
}

function nothing(): void {
  // Nothing to take back yet.
}
