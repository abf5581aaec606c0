import { HistoryError } from '../../wire/history.ts'
import type { HistoryStatus, PastHost } from '../../api/history.ts'

/**
 * What the server says of its history. asking: nothing yet. off: it keeps none. away: it did not answer; what it said
 * last still stands in `status`.
 */
export interface HistoryKnown {
  readonly kind: 'asking' | 'on' | 'off' | 'away'
  readonly status: HistoryStatus | undefined
  /** Every host with a recorded past. */
  readonly hosts: readonly PastHost[]
}

export interface HistorySource {
  status: (signal: AbortSignal) => Promise<HistoryStatus>
  hosts: (signal: AbortSignal) => Promise<readonly PastHost[]>
}

/** Until it is asked again. A server that keeps no history has to be started anew to do so. */
const waitMs: Record<HistoryKnown['kind'], number> = { asking: 5000, away: 5000, on: 30_000, off: 300_000 }

/** Asks the server for the state of its history, again and again while somebody listens and the page is seen. */
export class HistoryFacts {
  readonly #source: HistorySource
  readonly #listeners = new Set<() => void>()
  #known: HistoryKnown = { kind: 'asking', status: undefined, hosts: [] }
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking: AbortController | undefined

  constructor(source: HistorySource) {
    this.#source = source
  }

  /** A new object with each answer. */
  get known(): HistoryKnown {
    return this.#known
  }

  /** Asks from the first listener on until the last has gone. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) void this.#ask()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#stop()
    }
  }

  /** Asks at once, as after something has changed. */
  refresh(): void {
    if (this.#listeners.size === 0) return
    this.#stop()
    void this.#ask()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#asking?.abort()
    this.#asking = undefined
  }

  async #ask(): Promise<void> {
    const asking = new AbortController()
    this.#asking = asking
    const known = document.visibilityState === 'hidden' ? this.#known : await this.#answer(asking.signal)
    if (asking.signal.aborted) return
    this.#set(known)
    this.#timer = setTimeout(() => void this.#ask(), waitMs[known.kind])
  }

  async #answer(signal: AbortSignal): Promise<HistoryKnown> {
    try {
      const status = await this.#source.status(signal)
      const hosts = await this.#source.hosts(signal)
      return { kind: 'on', status, hosts }
    } catch (error) {
      const off = error instanceof HistoryError && error.kind === 'off'
      return off ? { kind: 'off', status: undefined, hosts: [] } : { ...this.#known, kind: 'away' }
    }
  }

  #set(known: HistoryKnown): void {
    if (known === this.#known) return
    this.#known = known
    for (const listener of this.#listeners) listener()
  }
}
