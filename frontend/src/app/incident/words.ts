/** What a saved incident says of itself; it may be read in another year. */
import { formatClock, formatDay, formatDuration, formatZone } from '../../chart/format.ts'
import type { Incident } from '../../features/export/incidentFormat.ts'

/** The stretch that is shown: `22 Nov 14:32:07 – 14:37:07 CET`. */
export function rangeWords(from: number, to: number): string {
  const [first, last] = [formatDay(from), formatDay(to)]
  const end = first === last ? formatClock(to) : `${last} ${formatClock(to)}`
  return `${first} ${formatClock(from)} – ${end} ${formatZone(to)}`
}

/** How fine it is, when it was saved, and by whom: closer than its points it cannot be looked at. */
export function savedWords({ answer: { step }, savedAt, savedBy }: Incident): string {
  const fine = step > 0 ? `one point for ${formatDuration(step)}` : 'every sample'
  const year = new Date(savedAt * 1000).getFullYear()
  const by = savedBy === '' ? '' : ` by ${savedBy}`
  return `Incident, ${fine}, saved ${formatDay(savedAt)} ${year} ${formatClock(savedAt, false)}${by}`
}
