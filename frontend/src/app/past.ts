import { fetchHistory, fetchHistoryStatus } from '../api/history.ts'
import type { LoadPast } from '../series/past.ts'
import { PastStore } from '../series/pastStore.ts'
import type { SeriesStore } from '../series/seriesStore.ts'
import type { Session } from '../transport/session.ts'

const usualInterval = 1

/** The past of the hosts of a server, whose base ends in a slash. What failed is asked for again when the server comes back. */
export function makePast(
  base: URL,
  session: Session,
  store: SeriesStore,
  serverSeconds: () => number,
): PastStore {
  const kept = new HistoryKept(() => fetchHistoryStatus(base))
  const past = new PastStore({
    load: kept.before((host, metrics, from, to, step, signal) =>
      fetchHistory(base, { host, metrics, from, to, step, rounded: true }, signal),
    ),
    now: serverSeconds,
    interval: (host) => store.hosts.get(host)?.interval ?? usualInterval,
  })
  let wasLive = false
  session.subscribe(() => {
    const isLive = session.status.state === 'live'
    if (isLive && !wasLive) {
      kept.renew()
      past.reset()
    }
    wasLive = isLive
  })
  return past
}

/**
 * Whether a server keeps history is asked once, before anything of it: it says so in an answer, where a question for the
 * past itself would be a refusal, which browsers write into their log as an error.
 */
export class HistoryKept {
  readonly #ask: () => Promise<unknown>
  #asked: Promise<unknown> | undefined
  #known = false

  /** `ask` rejects where none is kept. */
  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask
  }

  /** Asks again, at once: it is known by the time somebody looks at the past. */
  renew(): void {
    this.#asked = undefined
    this.#known = false
    void this.#answer()
  }

  /** The same, for after it is known. Rejects as the question did; one that was not answered is asked again. */
  before(load: LoadPast): LoadPast {
    return async (...question) => {
      // A question that need not wait is on its way at once.
      if (!this.#known) await this.#answer()
      return load(...question)
    }
  }

  #answer(): Promise<unknown> {
    const asked = (this.#asked ??= this.#ask())
    asked.then(
      () => {
        if (this.#asked === asked) this.#known = true
      },
      () => {
        if (this.#asked === asked) this.#asked = undefined
      },
    )
    return asked
  }
}
