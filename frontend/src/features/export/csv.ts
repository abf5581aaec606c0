import type { HistoryAnswer } from '../../wire/history.ts'

/**
 * The past of some series as CSV, one line for each bucket or sample of each: min, mean and max are one for a sample.
 * Times are RFC 3339 in UTC and unix seconds; values stand in the unit that is named beside them.
 */
export function csvOf({ host, step, series }: HistoryAnswer): string {
  const lines = ['timestamp,unix,step,host,metric,min,mean,max,unit']
  for (const { series: one, times, min, mean, max } of series) {
    const [name, metric, unit] = [cell(host), cell(one.metric), cell(one.unit)]
    for (let i = 0; i < times.length; i++) {
      const [time, value] = [times[i], mean[i]]
      if (time === undefined || value === undefined || Number.isNaN(value)) continue
      const at = new Date(time * 1000).toISOString()
      lines.push(`${at},${time},${step},${name},${metric},${min[i]},${value},${max[i]},${unit}`)
    }
  }
  return lines.join('\r\n') + '\r\n'
}

/** A text that no spreadsheet takes for a formula. */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
