import { DecodeError, finite, instant, object, text, whole } from '../../wire/check.ts'
import { checkHost, optional } from '../../wire/decode.ts'
import { decodeHistory } from '../../wire/decodeHistory.ts'
import type { HistoryAnswer } from '../../wire/history.ts'
import type { Host } from '../../wire/types.gen.ts'

/** What a saved incident holds: the page that shows it reads it and nothing else. */
export interface Incident {
  host: Host
  /** Seconds between two samples. */
  interval: number
  answer: HistoryAnswer
  /** The panels whose lines were switched off, and which: as it was seen. */
  hidden: Readonly<Record<string, readonly string[]>>
  /** Unix seconds. */
  savedAt: number
  savedBy: string
  note: string
  program: string
}

/** The id of the element that holds the data, and what stands in it in an empty page. */
export const incidentElement = 'incident'
const emptyIncident = /(<script id="incident" type="application\/json">)\s*null\s*(<\/script>)/
const format = 1
/** Of all series together; with names and times about 4 MB. */
export const incidentPoints = 300_000
/** Of one series: as many as a wide screen has pixels. */
export const incidentPointsOfSeries = 3600
const leastPointsOfSeries = 300

/** How many points each of so many series may have. */
export function pointsOfEach(seriesCount: number): number {
  const share = Math.floor(incidentPoints / Math.max(1, 3 * seriesCount))
  return Math.max(leastPointsOfSeries, Math.min(incidentPointsOfSeries, share))
}

/** The page with an incident in it. Throws when it is not the page that it should be. */
export function fillPage(page: string, incident: Incident): string {
  if (!emptyIncident.test(page))
    throw new Error('The page for incidents that the server sent is of another version: reload')
  const json = escapeJson(JSON.stringify(asJson(incident)))
  return page.replace(emptyIncident, (_, open: string, close: string) => open + json + close)
}

/** JSON in which nothing can end the element that it stands in. */
function escapeJson(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function asJson({ answer, ...rest }: Incident): unknown {
  const places = new Map<Float64Array, number>()
  for (const { times } of answer.series) if (!places.has(times)) places.set(times, places.size)
  const numbers = (column: Float64Array) => [...column].map((value) => (Number.isNaN(value) ? null : value))
  const series = answer.series.map(({ series: one, times, min, mean, max, summary }) => ({
    series: one,
    timeline: places.get(times),
    ...(answer.step > 0
      ? { min: numbers(min), mean: numbers(mean), max: numbers(max) }
      : { values: numbers(mean) }),
    ...(summary && { summary }),
  }))
  const { host, from, to, step } = answer
  const timelines = [...places.keys()].map((times) => [...times])
  return { format, ...rest, answer: { host, from, to, ...(step > 0 && { step }), timelines, series } }
}

/** Reads an incident back. Throws a DecodeError that names the field at fault. */
export function readIncident(json: string): Incident {
  const saved = object('', JSON.parse(json))
  if (whole('format', saved['format'], 1) > format) throw new DecodeError('format', 'is newer than this page')
  checkHost('host', saved['host'])
  instant('savedAt', saved['savedAt'])
  if (finite('interval', saved['interval']) <= 0) throw new DecodeError('interval', 'must be more than 0')
  for (const name of ['savedBy', 'note', 'program']) optional(text, name, saved[name])
  const hidden = Object.entries(object('hidden', saved['hidden'] ?? {}))
  for (const [panel, labels] of hidden)
    if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string'))
      throw new DecodeError(`hidden.${panel}`, 'must be a list of strings')
  return { ...(saved as unknown as Incident), answer: decodeHistory(saved['answer']) }
}
