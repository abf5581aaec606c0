import { firstLevel, levelFor, tileAt, type Level } from './pastLevels.ts'

/** What a viewer wants to see. */
export interface Wish {
  readonly host: string
  readonly metrics: readonly string[]
  /** Unix seconds. */
  readonly from: number
  readonly to: number
  readonly level: Level
  /** Of the coarse picture that comes first, and reaches further than what is in sight. */
  readonly first: Level
  /** Nobody looks at it yet. */
  readonly foreseen?: boolean
}

/** A tile that is wanted for some series and not there. */
export interface Need {
  readonly host: string
  readonly level: Level
  readonly index: number
  readonly metrics: Set<string>
  /** The least comes first. */
  urgency: number
}

/** One question to the server: neighbouring tiles of the same series. */
export interface Request {
  readonly host: string
  readonly level: Level
  readonly metrics: readonly string[]
  readonly firstTile: number
  readonly lastTile: number
  readonly urgency: number
}

/** The bounds of one question. Values are buckets, or raw samples as many as a host takes. */
export interface RequestBounds {
  readonly tiles: number
  readonly series: number
  /** Tiles times series. */
  readonly cells: number
  /** Of all metrics in the query of its address. */
  readonly characters: number
}

export const urgency = { firstPicture: 0, inSight: 1, foreseen: 2, around: 3 }
/**
 * More tiles than this make somebody wait: a coarse one is asked for before them. To a server it is as much work as they
 * are, or more, as it has to read all of its time.
 */
const tilesAtOnce = 4
/** No chart is wider. */
const mostPixels = 8192

/** What is wanted of a range, as fine as a pixel of so many seconds shows. A little more than the range: lines run to the edges. */
export function wishFor(
  host: string,
  metrics: readonly string[],
  from: number,
  to: number,
  secondsPerPixel: number,
  intervalSeconds: number,
): Wish {
  const level = levelFor(Math.max(secondsPerPixel, (to - from) / mostPixels), intervalSeconds)
  const margin = marginOf(level, intervalSeconds)
  return {
    host,
    metrics,
    from: from - margin,
    to: to + margin,
    level,
    first: firstLevel(level, intervalSeconds),
  }
}

/** How far beyond a range a line needs to know, in seconds. */
export function marginOf(level: Level, intervalSeconds: number): number {
  return Math.max(level.step, 2.5 * intervalSeconds)
}

/** Whether two wishes need the same tiles. */
export function sameTiles(one: Wish, other: Wish): boolean {
  return (
    one.host === other.host &&
    one.level.step === other.level.step &&
    one.level.span === other.level.span &&
    tileAt(one.level, one.from) === tileAt(other.level, other.from) &&
    tileAt(one.level, one.to) === tileAt(other.level, other.to) &&
    (one.metrics === other.metrics ||
      (one.metrics.length === other.metrics.length &&
        one.metrics.every((metric, i) => metric === other.metrics[i])))
  )
}

/** Whether a question is about something of a wish, on whatever level. */
export function meets(wish: Wish, { host, level, metrics, firstTile, lastTile }: Request): boolean {
  return (
    wish.host === host &&
    firstTile * level.span < wish.to &&
    (lastTile + 1) * level.span > wish.from &&
    metrics.some((metric) => wish.metrics.includes(metric))
  )
}

/** Says whether a tile of a series must be asked for, when it has to reach to an instant. */
export type IsMissing = (host: string, metric: string, level: Level, index: number, to: number) => boolean

/** The tiles that wishes lack, each once, by key. Nothing is wanted of what is to come. */
export function needsOf(wishes: Iterable<Wish>, now: number, isMissing: IsMissing): Map<string, Need> {
  const needs = new Map<string, Need>()
  const add = (wish: Wish, level: Level, from: number, to: number, how: number) => {
    const last = tileAt(level, Math.min(to, now))
    let missing = 0
    for (let index = tileAt(level, from); index <= last; index++) {
      const reach = Math.min((index + 1) * level.span, to, now)
      const metrics = wish.metrics.filter((metric) => isMissing(wish.host, metric, level, index, reach))
      if (metrics.length === 0) continue
      missing++
      const key = needKey(wish.host, level, index)
      const need = needs.get(key) ?? { host: wish.host, level, index, metrics: new Set(), urgency: how }
      needs.set(key, need)
      need.urgency = Math.min(need.urgency, how)
      for (const metric of metrics) need.metrics.add(metric)
    }
    return missing
  }
  for (const wish of wishes) {
    const how = wish.foreseen === true ? urgency.foreseen : urgency.inSight
    const missing = add(wish, wish.level, wish.from, wish.to, how)
    if (wish.foreseen === true || wish.first === wish.level) continue
    if (missing > tilesAtOnce) add(wish, wish.first, wish.from, wish.to, urgency.firstPicture)
    const width = wish.to - wish.from
    add(wish, wish.first, wish.from - width / 2, wish.to + width / 2, urgency.around)
  }
  return needs
}

export function needKey(host: string, level: Level, index: number): string {
  return `${level.step}/${level.span}/${index}/${host}`
}

/** Whether somebody waits for it. */
export function isInSight(need: Need): boolean {
  return need.urgency < urgency.foreseen
}

/** Whether anything that a wish has in sight is among the needs. */
export function isNeeded(
  { host, level, metrics, from, to }: Wish,
  needs: ReadonlyMap<string, Need>,
): boolean {
  for (let index = tileAt(level, from); index <= tileAt(level, to); index++) {
    const need = needs.get(needKey(host, level, index))
    if (need !== undefined && isInSight(need) && metrics.some((metric) => need.metrics.has(metric)))
      return true
  }
  return false
}

/** The next question: about the most urgent tile, and about its neighbours as far as they lack the same series. */
export function nextRequest(needs: Map<string, Need>, bounds: RequestBounds): Request | undefined {
  let seed: Need | undefined
  for (const need of needs.values()) if (seed === undefined || need.urgency < seed.urgency) seed = need
  if (seed === undefined) return undefined
  const { host, level, index, urgency } = seed
  const metrics = firstMetrics(seed.metrics, bounds)
  const most = Math.max(1, Math.min(bounds.tiles, Math.floor(bounds.cells / metrics.length)))
  const fits = (tile: number) => {
    const need = needs.get(needKey(host, level, tile))
    return need?.urgency === urgency && metrics.every((metric) => need.metrics.has(metric))
  }
  let firstTile = index
  let lastTile = index
  while (lastTile - firstTile + 1 < most && fits(lastTile + 1)) lastTile++
  while (lastTile - firstTile + 1 < most && fits(firstTile - 1)) firstTile--
  return { host, level, metrics, firstTile, lastTile, urgency }
}

/** Takes what a question is about out of what is needed. Whether anything of it was. */
export function strike(needs: Map<string, Need>, request: Request): boolean {
  let struck = false
  for (let index = request.firstTile; index <= request.lastTile; index++) {
    const key = needKey(request.host, request.level, index)
    const need = needs.get(key)
    if (need === undefined) continue
    for (const metric of request.metrics) if (need.metrics.delete(metric)) struck = true
    if (need.metrics.size === 0) needs.delete(key)
  }
  return struck
}

function firstMetrics(all: ReadonlySet<string>, bounds: RequestBounds): string[] {
  const metrics: string[] = []
  let characters = 0
  for (const metric of all) {
    characters += metric.length + 1
    if (
      metrics.length > 0 &&
      (metrics.length >= Math.min(bounds.series, bounds.cells) || characters > bounds.characters)
    )
      break
    metrics.push(metric)
  }
  return metrics
}
