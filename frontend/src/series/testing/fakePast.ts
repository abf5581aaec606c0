import { HistoryError, type HistoryAnswer } from '../../wire/history.ts'
import { PastStore, type PastOptions } from '../pastStore.ts'

/** What is around is asked for so long after what is in sight came. */
const aroundSeconds = 0.3

/** One question that a PastStore asked. */
export interface Asked {
  host: string
  metrics: readonly string[]
  from: number
  to: number
  step: number
  signal: AbortSignal
  answer(answer?: HistoryAnswer): void
  fail(error: Error): void
}

/**
 * A server of the past for tests: it measured one value a second, which is the second itself, and answers when it is
 * told to. Time stands still until pass().
 */
export class FakePast {
  readonly asked: Asked[] = []
  readonly store: PastStore
  /** Unix seconds. */
  now = 1_000_000
  interval = 1
  #timers: { at: number; run: () => void }[] = []

  constructor(options: Partial<PastOptions> = {}) {
    this.store = new PastStore({
      load: (host, metrics, from, to, step, signal) =>
        new Promise((resolve, reject) => {
          const question = { host, metrics, from, to, step }
          this.asked.push({
            ...question,
            signal,
            answer: (answer) => resolve(answer ?? this.answerTo(question)),
            fail: reject,
          })
        }),
      now: () => this.now,
      interval: () => this.interval,
      random: () => 1,
      after: (delayMs, run) => {
        const timer = { at: this.now * 1000 + delayMs, run }
        this.#timers.push(timer)
        return () => void (this.#timers = this.#timers.filter((one) => one !== timer))
      },
      ...options,
    })
  }

  /** Lets time pass, and what was promised settle. */
  async pass(seconds = 0): Promise<void> {
    const until = this.now + seconds
    for (;;) {
      await settle()
      const next = this.#timers.filter(({ at }) => at <= until * 1000).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((one) => one !== next)
      this.now = Math.max(this.now, next.at / 1000)
      next.run()
    }
    this.now = until
  }

  /** Answers every question until no more are asked. */
  async answerAll(): Promise<void> {
    let answered = 0
    await this.pass(aroundSeconds)
    while (answered < this.asked.length) {
      for (; answered < this.asked.length; answered++) this.asked[answered]?.answer()
      await this.pass(aroundSeconds)
    }
  }

  /** What such a server says to a question, up to now. */
  answerTo({ host, metrics, from, to, step }: Omit<Asked, 'signal' | 'answer' | 'fail'>): HistoryAnswer {
    const every = step > 0 ? step : this.interval
    const times = []
    for (let time = Math.ceil(from / every) * every; time < Math.min(to, this.now); time += every)
      times.push(time)
    const at = Float64Array.from(times)
    const shift = (by: number) => at.map((time) => time + by)
    const mean = step > 0 ? shift((step - 1) / 2) : shift(0)
    const [min, max] = step > 0 ? [shift(0), shift(step - 1)] : [mean, mean]
    const series = metrics.map((metric) => ({
      series: { metric, family: metric, unit: 'percent', kind: 'gauge' },
      times: at,
      min,
      mean,
      max,
    }))
    return { host, from, to, step, series }
  }
}

export const away = (message = 'gone') => new HistoryError('away', message)
export const refused = (code: string, message = code) => new HistoryError('refused', message, code)
export const off = () => new HistoryError('off', 'no history', 'history_off')

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}
