import { formatInstant, noValue } from '../../chart/format.ts'

/**
 * The instant of readouts, to the second, with its date when that is another day: `14:32:07`. With tenths, `14:32:07.4`,
 * where several samples fall into a second: none are closer together than that.
 */
export function momentText(time: number, nowMs: number, interval = 1): string {
  if (!Number.isFinite(time)) return noValue
  const text = formatInstant(time, nowMs, true)
  if (interval >= 1) return text
  const milliseconds = new Date(time * 1000).getMilliseconds()
  return `${text}.${Math.floor(milliseconds / 100)}`
}
