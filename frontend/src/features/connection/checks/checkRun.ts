import type { Check, CheckContext, CheckId, CheckPlace, Finding, Observations } from './check.ts'
import { baseCheck, clockCheck, namesCheck, serverCheck } from './requestChecks.ts'
import { compressionCheck, idleCheck, streamCheck, websocketCheck } from './streamChecks.ts'

/** In the order they run: later ones use what earlier ones saw. */
export const allChecks: readonly Check[] = [
  serverCheck,
  namesCheck,
  baseCheck,
  websocketCheck,
  streamCheck,
  compressionCheck,
  clockCheck,
  idleCheck,
]

/** A check and what came of it. */
export interface Step {
  readonly check: Check
  readonly state: 'waiting' | 'running' | 'done'
  /** While it runs, how far it is. */
  readonly progress?: string
  readonly finding?: Finding
  readonly tookMs?: number
}

/** What the steps add up to. */
export interface Tally {
  pass: number
  warn: number
  fail: number
  skip: number
}

/** Runs the checks one after the other, in one run at a time. Each change makes a new list of steps. */
export class CheckRun {
  readonly #place: () => CheckPlace
  readonly #listeners = new Set<() => void>()
  #steps: readonly Step[]
  #ended: AbortController | undefined
  #seen: Observations = {}
  /** When the last run began, ms since the epoch. */
  #beganMs: number | undefined

  /** `place` is asked anew for each run: the server may have been found meanwhile. */
  constructor(place: () => CheckPlace, checks: readonly Check[] = allChecks) {
    this.#place = place
    this.#steps = checks.map((check) => ({ check, state: 'waiting' }))
  }

  get steps(): readonly Step[] {
    return this.#steps
  }

  get running(): boolean {
    return this.#ended !== undefined
  }

  get beganMs(): number | undefined {
    return this.#beganMs
  }

  /** What the last run saw of the way to the server. */
  get seen(): Readonly<Observations> {
    return this.#seen
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Runs all checks but those that take long, or the one that is named. Without effect while a run is going on. */
  async start(only?: CheckId): Promise<void> {
    if (this.#ended) return
    const ended = (this.#ended = new AbortController())
    const chosen = this.#steps.filter(({ check }) => (only === undefined ? !check.apart : check.id === only))
    if (only === undefined) this.#seen = {}
    const place = this.#place()
    this.#beganMs = place.clock.wallMs()
    for (const { check } of chosen) this.#set(check.id, { state: 'waiting' })
    try {
      for (const { check } of chosen) await this.#run(check, place, ended.signal)
    } catch (error) {
      if (!ended.signal.aborted) throw error
    } finally {
      this.#ended = undefined
      this.#tell()
    }
  }

  /** Calls a run off; what it has found stays. */
  cancel(): void {
    this.#ended?.abort(new DOMException('called off', 'AbortError'))
    for (const { check, state } of this.#steps)
      if (state === 'running') this.#set(check.id, { state: 'waiting' })
  }

  async #run(check: Check, place: CheckPlace, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const began = place.clock.monotonicMs()
    this.#set(check.id, { state: 'running' })
    const progress = (text: string) => {
      if (!signal.aborted) this.#set(check.id, { state: 'running', progress: text })
    }
    const finding = await check.run({ ...place, seen: this.#seen, signal, progress } satisfies CheckContext)
    signal.throwIfAborted()
    this.#set(check.id, { state: 'done', finding, tookMs: place.clock.monotonicMs() - began })
  }

  #set(id: CheckId, change: Omit<Step, 'check'>): void {
    this.#steps = this.#steps.map((step) => (step.check.id === id ? { check: step.check, ...change } : step))
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

export function tallyOf(steps: readonly Step[]): Tally {
  const tally: Tally = { pass: 0, warn: 0, fail: 0, skip: 0 }
  for (const { finding } of steps) if (finding) tally[finding.verdict]++
  return tally
}
