import {
  array,
  DecodeError,
  type Fields,
  finite,
  instant,
  object,
  text,
  values,
  whole,
  word,
} from './check.ts'
import { checkHost, checkSeries, limits, optional } from './decode.ts'
import type { HistoryAnswer, HistorySeries, HistoryStatus, HistorySummary, PastHost } from './history.ts'
import type { Host, Series } from './types.gen.ts'

const damages = 10_000
const leastStep = 0.001

/**
 * Reads the answer to a question about the past, as JSON or as parseCborColumns gives it: columns are lists, with null for
 * no value, or a Float64Array. Throws a DecodeError that names the field at fault.
 */
export function decodeHistory(tree: unknown): HistoryAnswer {
  const answer = object('', tree)
  word('host', answer['host'])
  instant('from', answer['from'])
  instant('to', answer['to'])
  const step = answer['step'] === undefined ? 0 : finite('step', answer['step'])
  if (answer['step'] !== undefined && step < leastStep)
    throw new DecodeError('step', `must be at least ${leastStep}`)
  const timelines = array('timelines', answer['timelines'], limits.series).map((timeline, i) =>
    decodeTimeline(`timelines[${i}]`, timeline),
  )
  const series = array('series', answer['series'], limits.series).map((one, i) =>
    decodeSeries(`series[${i}]`, object(`series[${i}]`, one), timelines, step),
  )
  const { host, from, to } = answer as { host: string; from: number; to: number }
  return { host, from, to, step, series }
}

/** Times only grow: everything that searches in them relies on it. */
function decodeTimeline(field: string, value: unknown): Float64Array {
  const cells = value instanceof Float64Array ? atMostRows(field, value) : array(field, value, limits.rows)
  const times = new Float64Array(cells.length)
  let before = -Infinity
  for (let i = 0; i < cells.length; i++) {
    const at = `${field}[${i}]`
    instant(at, cells[i])
    const time = cells[i] as number
    if (time <= before) throw new DecodeError(at, 'must be later than the one before it')
    times[i] = before = time
  }
  return times
}

/** As long as a list may be; columns are as long as their timeline. */
function atMostRows(field: string, column: Float64Array): Float64Array {
  if (column.length > limits.rows)
    throw new DecodeError(field, `has ${column.length} entries, at most ${limits.rows} are allowed`)
  return column
}

function decodeSeries(field: string, one: Fields, timelines: Float64Array[], step: number): HistorySeries {
  checkSeries(`${field}.series`, one['series'])
  const times = timelines[whole(`${field}.timeline`, one['timeline'], 0)]
  if (times === undefined) throw new DecodeError(`${field}.timeline`, 'is none of the timelines')
  const column = (name: string) => decodeColumn(`${field}.${name}`, one[name], times.length)
  const mean = column(step > 0 ? 'mean' : 'values')
  return {
    series: one['series'] as Series,
    times,
    mean,
    min: step > 0 ? column('min') : mean,
    max: step > 0 ? column('max') : mean,
    ...(one['summary'] === undefined ? {} : { summary: decodeSummary(`${field}.summary`, one['summary']) }),
  }
}

function decodeColumn(field: string, value: unknown, length: number): Float64Array {
  const column = value instanceof Float64Array ? noInfinities(field, value) : fromCells(field, value)
  if (column.length !== length)
    throw new DecodeError(field, `has ${column.length} values for ${length} timestamps`)
  return column
}

function fromCells(field: string, value: unknown): Float64Array {
  const cells = values(field, value, limits.rows) as (number | null)[]
  const column = new Float64Array(cells.length)
  for (let i = 0; i < cells.length; i++) column[i] = cells[i] ?? NaN
  return column
}

function noInfinities(field: string, column: Float64Array): Float64Array {
  const infinite = Math.max(column.indexOf(Infinity), column.indexOf(-Infinity))
  if (infinite >= 0) throw new DecodeError(`${field}[${infinite}]`, 'must be a finite number or NaN')
  return column
}

function decodeSummary(field: string, value: unknown): HistorySummary {
  const summary = object(field, value)
  const count = whole(`${field}.count`, summary['count'], 0)
  const figure = (name: string) => {
    const cell = summary[name]
    return count === 0 && (cell === null || cell === undefined) ? NaN : finite(`${field}.${name}`, cell)
  }
  const [min, mean, p95, max, last, lastTime] = [
    figure('min'),
    figure('mean'),
    figure('p95'),
    figure('max'),
    figure('last'),
    figure('lastTime'),
  ] as const
  return { count, min, mean, p95, max, last, lastTime }
}

/** Reads what a server says of its history; undefined if it keeps none. */
export function decodeHistoryStatus(json: unknown): HistoryStatus | undefined {
  const status = object('', json)
  word('state', status['state'])
  if (status['state'] === 'off') return undefined
  optional(text, 'message', status['message'])
  for (const name of ['since', 'oldest', 'newest']) optional(instant, name, status[name])
  for (const name of ['bytes', 'samples', 'series', 'retentionBytes', 'lost']) whole(name, status[name], 0)
  for (const name of ['bytesPerDay', 'reachSeconds']) optional(finite, name, status[name])
  for (const name of ['retentionTime', 'sync']) finite(name, status[name])
  array('damaged', status['damaged'] ?? [], damages).forEach((value, i) => {
    const damage = object(`damaged[${i}]`, value)
    text(`damaged[${i}].file`, damage['file'])
    text(`damaged[${i}].reason`, damage['reason'])
    instant(`damaged[${i}].time`, damage['time'])
  })
  return {
    ...(status as unknown as HistoryStatus),
    damaged: (status['damaged'] ?? []) as HistoryStatus['damaged'],
  }
}

/** Reads the list of hosts that history knows. */
export function decodePastHosts(json: unknown): PastHost[] {
  return array('hosts', object('', json)['hosts'], limits.hosts).map((value, i) => {
    const past = object(`hosts[${i}]`, value)
    checkHost(`hosts[${i}].host`, past['host'])
    instant(`hosts[${i}].oldest`, past['oldest'])
    instant(`hosts[${i}].newest`, past['newest'])
    const { host, oldest, newest } = past as { host: Host; oldest: number; newest: number }
    return { host, oldest, newest }
  })
}
