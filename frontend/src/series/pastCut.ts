import type { HistoryAnswer, HistorySeries } from '../wire/history.ts'
import type { Stretch } from './past.ts'
import type { Request } from './pastPlan.ts'
import { firstAtOrAfter } from './pastStretches.ts'
import type { NewTile } from './pastTiles.ts'

/** Cuts an answer into tiles, with an empty one for each series that it says nothing of. */
export function tilesOf(request: Request, answer: HistoryAnswer, asked: number): NewTile[] {
  const { level, firstTile, lastTile } = request
  const known = new Map(answer.series.map((one) => [one.series.metric, one]))
  const tiles = []
  for (let index = firstTile; index <= lastTile; index++) {
    const from = index * level.span
    const end = from + level.span
    const cut = cutter(from, end)
    for (const metric of request.metrics) {
      const tile = { ...cut(known.get(metric)), step: level.step, from, to: Math.min(end, asked) }
      tiles.push({ metric, index, tile })
    }
  }
  return tiles
}

type Columns = Pick<Stretch, 'times' | 'min' | 'mean' | 'max'>

/** Copies what an answer has of a tile; series that share their times go on sharing them. */
function cutter(from: number, to: number): (series: HistorySeries | undefined) => Columns {
  const copies = new Map<Float64Array, { start: number; end: number; times: Float64Array }>()
  const nothing = new Float64Array(0)
  return (series) => {
    if (series === undefined) return { times: nothing, min: nothing, mean: nothing, max: nothing }
    let copy = copies.get(series.times)
    if (copy === undefined) {
      const start = firstAtOrAfter(series.times, from)
      const end = firstAtOrAfter(series.times, to)
      copy = { start, end, times: series.times.slice(start, end) }
      copies.set(series.times, copy)
    }
    const { start, end, times } = copy
    const mean = series.mean.slice(start, end)
    if (series.min === series.mean) return { times, min: mean, mean, max: mean }
    return { times, min: series.min.slice(start, end), mean, max: series.max.slice(start, end) }
  }
}
