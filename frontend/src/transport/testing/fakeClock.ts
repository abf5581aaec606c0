import type { Clock } from '../clock.ts'

interface Timer {
  dueMs: number
  order: number
  run: () => void
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs = 0
  #wallAheadMs = 1_690_000_000_000
  #order = 0
  #timers: Timer[] = []

  wallMs(): number {
    return this.#nowMs + this.#wallAheadMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  get waiting(): number {
    return this.#timers.length
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, order: this.#order++, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Lets time pass; timers run when they are due. */
  advance(ms: number): void {
    const end = this.#nowMs + ms
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      next.run()
    }
    this.#nowMs = end
  }

  /** Lets time pass as for a machine that sleeps: what was due runs only afterwards, late. */
  sleep(ms: number): void {
    this.#nowMs += ms
  }

  #next(endMs: number): Timer | undefined {
    return this.#timers
      .filter((timer) => timer.dueMs <= endMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)
      .at(0)
  }
}
