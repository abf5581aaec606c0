import type { Pong } from '../wire/types.gen.ts'
import type { Clock } from './clock.ts'
import { ClockOffset } from './clockOffset.ts'

const pingEveryMs = 5_000
/** Until a first ping is sent by a page that is not busy. */
const earlyPingEveryMs = 1_000
/** A timer later than this means that the page is busy, as while it starts: an answer would wait for it too. */
const busyMs = 100
const probeMs = 3_000
/** With pings that are answered each 5 s, whoever says nothing for longer than this is gone, however rare its ticks. */
const longestSilenceMs = 20_000
const maxUnanswered = 64
/** A timer this late means that the machine slept: what the server said meanwhile may still lie in the socket. */
const lateMs = 2_000

/** What a heartbeat finds out. */
interface Measured {
  /** The server's clock minus ours. */
  clockOffsetMs: number
  /** Absent where the page was busy, or where it cannot be measured. */
  roundTripMs?: number
}

export interface HeartbeatEvents {
  onMeasured(measured: Measured): void
  /** The connection is dead; the heartbeat has stopped. */
  onDead(reason: string): void
}

/** Watches over one connection and tells when it is dead. */
export interface Watch {
  /** A frame came. */
  heard(): void
  /** An answer to a ping, or a time that the server sent unasked. */
  pong(frame: Pong): void
  /** Finds out soon whether the server is still there. */
  probe(): void
  stop(): void
}

/**
 * Watches over one connection: a ping at once, each second while the page is busy (as at its start), then every 5 s;
 * and death after three intervals and 5 s without any frame, at most 20 s, or when a probe is not answered within 3 s.
 */
export class Heartbeat implements Watch {
  readonly #clock: Clock
  readonly #events: HeartbeatEvents
  readonly #sendPing: (id: number) => void
  readonly #offset = new ClockOffset()
  readonly #silenceMs: number
  #lastHeardMs: number
  #nextId = 1
  #sent = new Map<number, { wallMs: number; monotonicMs: number; steady: boolean }>()
  #steady = false
  #cancelPing = nothing
  #cancelSilence = nothing
  #cancelProbe = nothing
  #probeId = 0

  /** Starts at once, with a first ping. */
  constructor(
    intervalSeconds: number,
    clock: Clock,
    sendPing: (id: number) => void,
    events: HeartbeatEvents,
  ) {
    this.#clock = clock
    this.#events = events
    this.#sendPing = sendPing
    this.#silenceMs = Math.min(3_000 * intervalSeconds + 5_000, longestSilenceMs)
    this.#lastHeardMs = clock.monotonicMs()
    this.#ping(false)
    this.#watchSilence(this.#silenceMs)
  }

  heard(): void {
    this.#lastHeardMs = this.#clock.monotonicMs()
  }

  pong(frame: Pong): void {
    const sent = this.#sent.get(frame.id)
    if (sent === undefined) return
    for (const id of this.#sent.keys()) if (id <= frame.id) this.#sent.delete(id)
    if (frame.id >= this.#probeId) this.#endProbe()
    const roundTripMs = this.#clock.monotonicMs() - sent.monotonicMs
    const offsetMs = frame.time * 1000 - (sent.wallMs + roundTripMs / 2)
    const clockOffsetMs = this.#offset.add({ roundTripMs, offsetMs })
    this.#events.onMeasured(sent.steady ? { roundTripMs, clockOffsetMs } : { clockOffsetMs })
  }

  /** Asks whether the server is still there; dead if there is no answer within 3 s. */
  probe(): void {
    if (this.#probeId > 0) return
    this.#probeId = this.#ask(false)
    this.#cancelProbe = this.#clock.after(probeMs, () => this.#die('no answer to a ping within 3 s'))
  }

  stop(): void {
    this.#cancelPing()
    this.#cancelSilence()
    this.#endProbe()
    this.#sent.clear()
  }

  #endProbe(): void {
    this.#cancelProbe()
    this.#probeId = 0
  }

  #ping(steady: boolean): void {
    this.#ask(steady)
    this.#steady ||= steady
    const waitMs = this.#steady ? pingEveryMs : earlyPingEveryMs
    const due = this.#clock.monotonicMs() + waitMs
    this.#cancelPing = this.#clock.after(waitMs, () => this.#ping(this.#clock.monotonicMs() - due < busyMs))
  }

  #ask(steady: boolean): number {
    const id = this.#nextId++
    // A server that never answers must not fill our memory.
    this.#sent.delete(id - maxUnanswered)
    this.#sent.set(id, { wallMs: this.#clock.wallMs(), monotonicMs: this.#clock.monotonicMs(), steady })
    this.#sendPing(id)
    return id
  }

  /** One timer, not one per frame: it looks when the last frame came and waits for the rest. */
  #watchSilence(delayMs: number): void {
    const due = this.#clock.monotonicMs() + delayMs
    this.#cancelSilence = this.#clock.after(delayMs, () => {
      const now = this.#clock.monotonicMs()
      const left = this.#lastHeardMs + this.#silenceMs - now
      if (left > 0) return this.#watchSilence(left)
      if (now - due < lateMs)
        return this.#die(`nothing heard for ${Math.round((now - this.#lastHeardMs) / 1000)} s`)
      this.probe()
      this.#watchSilence(this.#silenceMs)
    })
  }

  #die(reason: string): void {
    this.stop()
    this.#events.onDead(reason)
  }
}

function nothing(): void {
  // Nothing to take back yet.
}
