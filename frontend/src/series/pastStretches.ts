import type { Stretch } from './past.ts'
import type { Level } from './pastLevels.ts'
import type { Shelf, Tile } from './pastTiles.ts'

interface Piece {
  from: number
  to: number
  tile: Tile
}

/**
 * What the tiles of a series show of a range: those of the wanted level where they are, else finer ones, else the least
 * coarse.
 */
export function stretchesOf(
  shelves: readonly Shelf[],
  wanted: Level,
  from: number,
  to: number,
  touch: (tile: Tile) => void,
): Stretch[] {
  const pieces: Piece[] = []
  let gaps = [{ from, to }]
  for (const shelf of byPreference(shelves, wanted)) {
    if (gaps.length === 0) break
    gaps = gaps.flatMap((gap) => fill(gap, shelf, pieces))
  }
  pieces.sort((a, b) => a.from - b.from)
  const stretches: Stretch[] = []
  for (const [i, piece] of pieces.entries()) {
    touch(piece.tile)
    const stretch = cut(piece, pieces[i - 1]?.to === piece.from)
    if (stretch.times.length > 0) stretches.push(stretch)
  }
  return stretches
}

function byPreference(shelves: readonly Shelf[], { step, span }: Level): Shelf[] {
  const exact = shelves.filter(({ level }) => level.step === step && level.span === span)
  const finer = shelves.filter(({ level }) => level.step < step).reverse()
  const coarser = shelves.filter(({ level }) => level.step > step)
  const otherRaw = shelves.filter(({ level }) => level.step === step && level.span !== span)
  return [...exact, ...finer, ...otherRaw, ...coarser]
}

/** Puts the tiles that lie in a gap into pieces, and gives what remains of it. */
function fill(
  gap: { from: number; to: number },
  { tiles }: Shelf,
  pieces: Piece[],
): { from: number; to: number }[] {
  const there = [...tiles.values()]
    .filter((tile) => tile.from < gap.to && tile.to > gap.from)
    .sort((a, b) => a.from - b.from)
  const left = []
  let at = gap.from
  for (const tile of there) {
    const from = Math.max(tile.from, gap.from)
    const to = Math.min(tile.to, gap.to)
    if (from > at) left.push({ from: at, to: from })
    pieces.push({ from, to, tile })
    at = to
  }
  if (at < gap.to) left.push({ from: at, to: gap.to })
  return left
}

/** The part of a tile that a piece shows. A bucket that begins before it is cut short where another piece stands there. */
function cut({ from, to, tile }: Piece, joined: boolean): Stretch {
  const { step } = tile
  const start = step > 0 ? firstAfter(tile.times, from - step) : firstAtOrAfter(tile.times, from)
  const end = firstAtOrAfter(tile.times, to)
  const times = tile.times.subarray(start, end)
  const mean = tile.mean.subarray(start, end)
  const raw = tile.min === tile.mean
  const [min, max] = raw ? [mean, mean] : [tile.min.subarray(start, end), tile.max.subarray(start, end)]
  if (!joined || times.length === 0 || times[0]! >= from) return { times, min, mean, max, step }
  const clipped = times.slice()
  clipped[0] = from
  return { times: clipped, min, mean, max, step }
}

/** The first place whose time is at or after an instant. */
export function firstAtOrAfter(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

function firstAfter(times: Float64Array, time: number): number {
  const place = firstAtOrAfter(times, time)
  return times[place] === time ? place + 1 : place
}
