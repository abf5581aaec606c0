import type { Level } from './pastLevels.ts'
import type { Stretch } from './past.ts'

/** A piece of the past of one series: what was measured from `from` to `to`, which is less than the whole tile when the
 * tile was not over yet as it was loaded. */
export interface Tile extends Stretch {
  readonly from: number
  readonly to: number
  /** Grows with each use of any tile. */
  used: number
}

/** A tile to be taken in, with its place. */
export interface NewTile {
  readonly metric: string
  readonly index: number
  readonly tile: Omit<Tile, 'used'>
}

/** What a tile takes beside its numbers, about. */
const tileOverhead = 256

/** The tiles of one level of one series. */
export interface Shelf {
  readonly level: Level
  readonly tiles: Map<number, Tile>
}

/** Holds tiles, at most so many bytes of them: the ones that were not used for longest go first. */
export class TileCache {
  readonly #maxBytes: number
  /** By host, metric and level; finest level first. */
  readonly #hosts = new Map<string, Map<string, Shelf[]>>()
  #bytes = 0
  #clock = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A tile, which counts as used. */
  get(host: string, metric: string, level: Level, index: number): Tile | undefined {
    const tile = this.#find(host, metric, level)?.tiles.get(index)
    if (tile !== undefined) tile.used = ++this.#clock
    return tile
  }

  /** The levels of a series that hold anything, finest first. */
  shelves(host: string, metric: string): readonly Shelf[] {
    return this.#hosts.get(host)?.get(metric) ?? []
  }

  /** Counts a tile as used. */
  use(tile: Tile): void {
    tile.used = ++this.#clock
  }

  /**
   * Takes tiles in, all of them or none: it makes room by forgetting others, but none that was used since `usedSince`
   * (see mark); false when that is not enough.
   */
  add(host: string, level: Level, entries: readonly NewTile[], usedSince: number): boolean {
    const bytes = entries.reduce((sum, { tile }) => sum + bytesOf(tile), 0)
    if (!this.#makeRoom(bytes, usedSince)) return false
    for (const { metric, index, tile } of entries) this.#put(host, metric, level, index, tile)
    return true
  }

  /** A mark in the order of use: tiles that are used from now on are used since then. */
  mark(): number {
    return ++this.#clock
  }

  clear(): void {
    this.#hosts.clear()
    this.#bytes = 0
  }

  #put(host: string, metric: string, level: Level, index: number, tile: Omit<Tile, 'used'>): void {
    const { tiles } = this.#find(host, metric, level) ?? this.#shelve(host, metric, level)
    const before = tiles.get(index)
    if (before !== undefined) this.#bytes -= bytesOf(before)
    tiles.set(index, { ...tile, used: ++this.#clock })
    this.#bytes += bytesOf(tile)
  }

  #find(host: string, metric: string, level: Level): Shelf | undefined {
    return this.shelves(host, metric).find(
      (shelf) => shelf.level.step === level.step && shelf.level.span === level.span,
    )
  }

  #shelve(host: string, metric: string, level: Level): Shelf {
    const metrics = this.#hosts.get(host) ?? new Map<string, Shelf[]>()
    this.#hosts.set(host, metrics)
    const shelf = { level, tiles: new Map<number, Tile>() }
    const shelves = [...(metrics.get(metric) ?? []), shelf]
    metrics.set(
      metric,
      shelves.sort((a, b) => a.level.step - b.level.step),
    )
    return shelf
  }

  #makeRoom(bytes: number, usedSince: number): boolean {
    if (this.#bytes + bytes <= this.#maxBytes) return true
    const old: { used: number; bytes: number; drop: () => void }[] = []
    for (const metrics of this.#hosts.values())
      for (const shelves of metrics.values())
        for (const { tiles } of shelves)
          for (const [index, tile] of tiles)
            if (tile.used < usedSince)
              old.push({ used: tile.used, bytes: bytesOf(tile), drop: () => tiles.delete(index) })
    old.sort((a, b) => a.used - b.used)
    // More than is needed, so that the next tiles fit without another look at all of them.
    const aim = this.#maxBytes * 0.9 - bytes
    for (const one of old) {
      if (this.#bytes <= aim) break
      one.drop()
      this.#bytes -= one.bytes
    }
    this.#dropEmpty()
    return this.#bytes + bytes <= this.#maxBytes
  }

  #dropEmpty(): void {
    for (const [host, metrics] of this.#hosts) {
      for (const [metric, shelves] of metrics)
        if (shelves.every(({ tiles }) => tiles.size === 0)) metrics.delete(metric)
      if (metrics.size === 0) this.#hosts.delete(host)
    }
  }
}

function bytesOf({ times, min, mean, max }: Omit<Tile, 'used'>): number {
  const columns = new Set([times, min, mean, max])
  let bytes = tileOverhead
  for (const column of columns) bytes += column.byteLength
  return bytes
}
