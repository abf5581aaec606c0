/**
 * The levels of detail that the past is kept in, and how each is cut into tiles: runs of time that begin at multiples of
 * their length, so that whatever is asked for, the same pieces are loaded and found again.
 */

/** Buckets of `step` seconds, 0 for samples as they were measured; `span` is the length of a tile in seconds. */
export interface Level {
  readonly step: number
  readonly span: number
}

/** Buckets of a tile. */
const tileBuckets = 300
/** Each is on the ladder of the server; fewer than it has, so that zooming finds more of what is there already. */
const steps = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400]
/** A bucket is at most so many pixels wide. */
const bucketPixels = 2
/** Buckets of fewer samples than this tell more numbers than the samples themselves: three for each. */
const leastSamples = 3
/** The first picture has at most one bucket where the wanted one has so many. */
const firstCoarser = 8

/** What a pixel of so many seconds shows of a host that samples at this interval. */
export function levelFor(secondsPerPixel: number, intervalSeconds: number): Level {
  const step = steps.findLast((one) => one <= bucketPixels * secondsPerPixel) ?? 0
  return step < leastSamples * intervalSeconds ? rawLevel(intervalSeconds) : bucketLevel(step)
}

/** The level of the first, coarse picture before this one; the same one where there is none coarser. */
export function firstLevel(level: Level, intervalSeconds: number): Level {
  const least = firstCoarser * (level.step > 0 ? level.step : intervalSeconds)
  const step = steps.find((one) => one >= least)
  return step === undefined ? level : bucketLevel(step)
}

/** The number of the tile that holds an instant. */
export function tileAt(level: Level, time: number): number {
  return Math.floor(time / level.span)
}

function bucketLevel(step: number): Level {
  return { step, span: tileBuckets * step }
}

/** Tiles of raw samples hold about as many as others have buckets, and their length is a round one. */
function rawLevel(intervalSeconds: number): Level {
  const round = steps.find((one) => one >= intervalSeconds) ?? steps.at(-1)!
  return { step: 0, span: tileBuckets * Math.max(1, round) }
}
