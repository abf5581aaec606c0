import { type HistoryAnswer, HistoryError } from '../wire/history.ts'
import { Backoff, type BackoffOptions } from './backoff.ts'
import { Foresight } from './foresight.ts'
import { Listeners } from './listeners.ts'
import type { LoadPast, Past, PastState, PastViewer, Stretch } from './past.ts'
import { tilesOf } from './pastCut.ts'
import { levelFor, type Level } from './pastLevels.ts'
import {
  marginOf,
  isInSight,
  meets,
  type Need,
  needsOf,
  nextRequest,
  type Request,
  strike,
  urgency,
  type Wish,
} from './pastPlan.ts'
import { stretchesOf } from './pastStretches.ts'
import { TileCache } from './pastTiles.ts'
import { Viewer } from './pastViewer.ts'

/** Its clock is the server's; timers and chance are those of the page where they are left out. */
export interface PastOptions extends Pick<BackoffOptions, 'now'>, Partial<Omit<BackoffOptions, 'now'>> {
  load: LoadPast
  /** Seconds between two samples of a host. */
  interval(host: string): number
  maxBytes?: number
}

const requestsAtOnce = 4
/** Tiles of one question: at 300 values each far below what a server answers at most. */
const tilesAtOnce = 8
/** What a server lets one question name. */
const seriesAtOnce = 64
/** Tiles times series of one question: about 200,000 values. */
const cellsAtOnce = 640
/** What fits into an address everywhere. */
const addressCharacters = 4000
/** Two looks at what is wanted are so far apart at least: a gesture changes it with each frame. */
const planEveryMs = 50
/** What is around is asked for so long after all that is in sight came: that is to be drawn first. */
const aroundAfterMs = 300
/** A tile that was not over when it was loaded is loaded again this often at most. */
const leastRenewSeconds = 5
/** What a server refused is asked for again after this time. */
const refusedSeconds = 60

const idle: PastState = { loading: false, off: false, problem: undefined }

/**
 * The past of hosts as far as it was looked at: tiles of buckets and of samples, loaded when a viewer wants them, at
 * most 64 MB. What is in sight comes first, and a coarse picture of it before a fine one of many tiles. Each tile is
 * asked for once, however many viewers want it; a request that nobody wants the result of any more is aborted.
 *
 * A request that fails is repeated after 1, 2, 4, ... at most 30 seconds, and meanwhile no other one is made. A server
 * that keeps no history is not asked again before reset(). What it refuses as too much is asked for in smaller pieces.
 */
export class PastStore implements Past {
  /** What is loaded after what is in sight, before anybody looks at it. */
  readonly foresight: Foresight
  readonly #options: Required<PastOptions>
  readonly #cache: TileCache
  readonly #viewers = new Set<Viewer>()
  readonly #running = new Map<Request, AbortController>()
  readonly #states = new Map<string, PastState>()
  readonly #listeners = new Map<string, Listeners>()
  /** When tiles that were refused may be asked for again, by their series. */
  readonly #refused = new Map<string, number>()
  #off = false
  #problem: string | undefined
  #cells = cellsAtOnce
  /** Tiles that were used since are wanted. */
  #usedSince = 0
  /** Somebody changed what is wanted since the last look at it. */
  #unplanned = false
  #planned: (() => void) | undefined
  /** What is in sight was waited for not long ago. */
  #holdsAround = false
  #release: (() => void) | undefined
  #renewal: (() => void) | undefined
  /** When that is, by the server's clock. */
  #renewalAt = Infinity
  readonly #backoff: Backoff

  constructor(options: PastOptions) {
    this.#options = { after: afterMs, random: Math.random, maxBytes: 64 << 20, ...options }
    this.#cache = new TileCache(this.#options.maxBytes)
    this.foresight = new Foresight(this.#options.after, () => this.#plan())
    this.#backoff = new Backoff(this.#options, () => this.#carryOut())
  }

  /** What the tiles take. */
  get bytes(): number {
    return this.#cache.bytes
  }

  viewer(onNews: () => void = () => undefined): PastViewer {
    const viewer = new Viewer(
      onNews,
      (host) => this.#options.interval(host),
      // The same tiles, but more of the last one: there may be more of it to know.
      (grown) => (grown ? this.#renewIn(leastRenewSeconds) : this.#plan()),
      () => {
        this.#viewers.delete(viewer)
        this.#plan()
      },
    )
    this.#viewers.add(viewer)
    return viewer
  }

  stretches(
    host: string,
    metric: string,
    from: number,
    to: number,
    secondsPerPixel: number,
  ): readonly Stretch[] {
    const interval = this.#options.interval(host)
    const level = levelFor(secondsPerPixel, interval)
    const margin = marginOf(level, interval)
    const shelves = this.#cache.shelves(host, metric)
    return stretchesOf(shelves, level, from - margin, to + margin, (tile) => this.#cache.use(tile))
  }

  state(host: string): PastState {
    return this.#states.get(host) ?? idle
  }

  subscribe(host: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(host) ?? new Listeners()
    this.#listeners.set(host, listeners)
    return listeners.add(listener)
  }

  /** Asks again for everything that failed, was refused or was off: after the server came back, or another one did. */
  reset(): void {
    this.#off = false
    this.#cells = cellsAtOnce
    this.#refused.clear()
    this.#succeed()
    this.#plan()
  }

  /** Asks at once for what failed or was refused. What went wrong stands until something succeeds. */
  retryNow(): void {
    this.#refused.clear()
    this.#backoff.end()
    this.#plan()
  }

  /** Ends everything under way. */
  close(): void {
    this.#viewers.clear()
    for (const cancel of [this.#planned, this.#release, this.#renewal]) cancel?.()
    this.foresight.end()
    this.#planned = this.#release = this.#renewal = undefined
    this.#backoff.end()
    for (const abort of this.#running.values()) abort.abort()
    this.#running.clear()
  }

  /** Looks soon at what is wanted: once all who say it in the same breath have said it, and not too often. */
  #plan(): void {
    this.#unplanned = true
    if (this.#planned !== undefined) return
    this.#planned = this.#options.after(planEveryMs, () => {
      this.#planned = undefined
      if (this.#unplanned) this.#plan()
    })
    queueMicrotask(() => this.#carryOut())
  }

  /** Ends what nobody wants any more, and asks for what is wanted most. */
  #carryOut(): void {
    this.#unplanned = false
    this.#usedSince = this.#cache.mark()
    const needs = this.#needs()
    const inSight = [...needs.values()].filter(isInSight)
    const loading = new Set(inSight.map(({ host }) => host))
    for (const viewer of this.#viewers) viewer.takeNeeds(needs)
    for (const [request, abort] of this.#running) {
      if (strike(needs, request)) continue
      this.#running.delete(request)
      abort.abort()
    }
    this.#tellStates(loading)
    this.#holdAround(inSight.length > 0)
    const bounds = {
      tiles: tilesAtOnce,
      series: seriesAtOnce,
      cells: this.#cells,
      characters: addressCharacters,
    }
    while (this.#backoff.until === undefined && this.#running.size < requestsAtOnce) {
      const request = nextRequest(needs, bounds)
      // What is around would keep a server from what is in sight.
      const waits = this.#holdsAround || this.#running.size > 0
      if (request === undefined || (request.urgency === urgency.around && waits)) return
      strike(needs, request)
      void this.#load(request)
    }
  }

  #holdAround(inSight: boolean): void {
    if (inSight) {
      this.#holdsAround = true
      this.#release?.()
      this.#release = undefined
    } else if (this.#holdsAround) {
      this.#release ??= this.#options.after(aroundAfterMs, () => {
        this.#release = undefined
        this.#holdsAround = false
        this.#carryOut()
      })
    }
  }

  #needs(): Map<string, Need> {
    if (this.#off) return new Map()
    const now = this.#options.now()
    const wishes = this.#wishes()
    let renewAfter = Infinity
    for (const wish of wishes) {
      if (wish.to > now) renewAfter = Math.min(renewAfter, renewSeconds(wish.level))
    }
    const needs = needsOf(wishes, now, (host, metric, level, index, to) => {
      const missing = this.#missing(host, metric, level, index, to, now)
      if (missing === 'soon') renewAfter = Math.min(renewAfter, renewSeconds(level))
      return missing === 'now'
    })
    this.#renewIn(renewAfter)
    return needs
  }

  /** Looks again after so many seconds at the latest: by then there is more to know of tiles that were not over. */
  #renewIn(seconds: number): void {
    const at = this.#options.now() + seconds
    if (!(at < this.#renewalAt)) return
    this.#renewalAt = at
    this.#renewal?.()
    this.#renewal = this.#options.after(1000 * seconds, () => {
      this.#renewal = undefined
      this.#renewalAt = Infinity
      this.#plan()
    })
  }

  #missing(
    host: string,
    metric: string,
    level: Level,
    index: number,
    to: number,
    now: number,
  ): 'now' | 'soon' | 'never' {
    const tile = this.#cache.get(host, metric, level, index)
    if (tile !== undefined && tile.to >= to) return 'never'
    if (tile !== undefined && now - tile.to < renewSeconds(level)) return 'soon'
    const again = this.#refused.get(refusedKey(host, metric, level, index))
    return again === undefined || now >= again ? 'now' : 'soon'
  }

  async #load(request: Request): Promise<void> {
    const { host, level, metrics, firstTile, lastTile } = request
    const abort = new AbortController()
    this.#running.set(request, abort)
    const asked = this.#options.now()
    const [from, to] = [firstTile * level.span, (lastTile + 1) * level.span]
    let settle: () => void
    try {
      const answer = await this.#options.load(host, metrics, from, to, level.step, abort.signal)
      if (answer.step !== level.step) throw new HistoryError('away', 'step: is not what was asked for')
      settle = () => this.#take(request, answer, asked)
    } catch (error) {
      settle = () => this.#fail(request, error)
    }
    // What comes after it was given up changes nothing.
    if (!this.#running.delete(request)) return
    settle()
    this.#carryOut()
  }

  #take(request: Request, answer: HistoryAnswer, asked: number): void {
    const tiles = tilesOf(request, answer, asked)
    this.#succeed()
    if (!this.#cache.add(request.host, request.level, tiles, this.#usedSince)) this.#refuse(request)
    for (const viewer of this.#viewers) if (this.#mayShow(viewer.wish, request)) viewer.tell()
    this.#listeners.get(request.host)?.tell()
  }

  /** Whether what came in may change the picture of somebody: of another level only what has holes at its own. */
  #mayShow(wish: Wish | undefined, request: Request): boolean {
    if (wish === undefined || !meets(wish, request)) return false
    if (wish.level.step === request.level.step) return true
    const isAbsent = (host: string, metric: string, level: Level, index: number) =>
      this.#cache.get(host, metric, level, index) === undefined
    const absent = needsOf([wish], this.#options.now(), isAbsent)
    return [...absent.values()].some(isInSight)
  }

  #wishes(): Wish[] {
    const seen = [...this.#viewers].flatMap(({ wish }) => wish ?? [])
    return [...seen, ...this.foresight.wishes(this.#viewers)]
  }

  #fail(request: Request, error: unknown): void {
    const known = error instanceof HistoryError ? error : undefined
    if (known?.kind === 'off') {
      this.#off = true
      this.#problem = undefined
    } else if (known?.kind === 'refused') {
      this.#narrow(request, known)
    } else {
      this.#problem = error instanceof Error ? error.message : 'the server did not answer'
      this.#backoff.fail()
    }
  }

  /** Beyond a limit: the same in smaller pieces, until it is one tile of one series. */
  #narrow(request: Request, error: HistoryError): void {
    const cells = (request.lastTile - request.firstTile + 1) * request.metrics.length
    if (error.code === 'limit' && cells > 1) {
      this.#cells = Math.max(1, Math.min(this.#cells, cells >> 1))
      return
    }
    this.#refuse(request)
    this.#problem = error.message
  }

  #refuse({ host, level, metrics, firstTile, lastTile }: Request): void {
    const now = this.#options.now()
    for (const [key, again] of this.#refused) if (again <= now) this.#refused.delete(key)
    for (let index = firstTile; index <= lastTile; index++)
      for (const metric of metrics)
        this.#refused.set(refusedKey(host, metric, level, index), now + refusedSeconds)
  }

  #succeed(): void {
    this.#backoff.succeed()
    this.#problem = undefined
  }

  #tellStates(loading: ReadonlySet<string>): void {
    const hosts = new Set([...this.#states.keys(), ...loading, ...this.#listeners.keys()])
    for (const host of hosts) {
      const before = this.state(host)
      const state = {
        loading: loading.has(host),
        off: this.#off,
        problem: this.#problem,
        retryAt: this.#backoff.until,
      }
      if (sameState(before, state)) continue
      this.#states.set(host, state)
      this.#listeners.get(host)?.tell()
    }
  }
}

function sameState(one: PastState, other: PastState): boolean {
  return (
    one.loading === other.loading &&
    one.off === other.off &&
    one.problem === other.problem &&
    one.retryAt === other.retryAt
  )
}

/** How long a tile that was not over when it was loaded is good for. */
function renewSeconds(level: Level): number {
  return Math.max(leastRenewSeconds, level.step)
}

function refusedKey(host: string, metric: string, level: Level, index: number): string {
  return `${level.step}/${level.span}/${index}/${metric}/${host}`
}

function afterMs(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs)
  return () => clearTimeout(timer)
}
