import { exportUrl, fetchHistory } from '../api/history.ts'
import type { TimeWindow } from '../chart/timeWindow.ts'
import { ringAnswer } from '../features/export/ringAnswer.ts'
import type { Asked, ExportServices } from '../features/export/services.ts'
import type { Figures } from '../series/figures.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import type { Past } from '../series/past.ts'
import type { Session } from '../transport/session.ts'
import { type HistoryAnswer, HistoryError } from '../wire/history.ts'

/** The figures of a series cost a bucket or two beside them: as long a one as there is. */
const longestStep = 86_400
/** What a server lets one question name. */
const metricsAtOnce = 64

/** What tables and exports are made of: the history of the server, or where it keeps none, what the page holds. */
export function makeExports(
  base: URL,
  page: URL,
  session: Pick<Session, 'status'>,
  past: Past,
  window: TimeWindow,
): ExportServices {
  const orRing = async (host: HostSeries, asked: Asked, ask: () => Promise<HistoryAnswer>) => {
    if (past.state(host.host.name).off) return ringAnswer(host, asked)
    try {
      return await ask()
    } catch (error) {
      if (error instanceof HistoryError && error.kind === 'off') return ringAnswer(host, asked)
      throw error
    }
  }
  return {
    window,
    async figures(host, { metrics, from, to }, signal) {
      const found = new Map<string, Figures>()
      for (let i = 0; i < metrics.length; i += metricsAtOnce) {
        const asked = { metrics: metrics.slice(i, i + metricsAtOnce), from, to }
        const query = { host: host.host.name, ...asked, step: longestStep, summary: true }
        const answer = await orRing(host, asked, () => fetchHistory(base, query, signal))
        for (const { series, summary } of answer.series)
          if (summary && summary.count > 0) found.set(series.metric, { ...summary, approximate: false })
      }
      return found
    },
    source: {
      answer(host, asked, points) {
        const query = { host: host.host.name, ...asked, ...few(asked), points, summary: true }
        return orRing(host, asked, () => fetchHistory(base, query))
      },
      samplesUrl(host, asked) {
        if (past.state(host.host.name).off) return undefined
        return exportUrl(base, 'csv', { host: host.host.name, ...asked, ...few(asked) })
      },
      async incidentPage() {
        const response = await fetch(new URL('incident.html', page), { cache: 'no-cache' })
        if (!response.ok)
          throw new Error(`The page for incidents is missing: the server answered ${response.status}`)
        return response.text()
      },
      program: () => ['Vitals', session.status.serverVersion].filter(Boolean).join(' '),
    },
  }
}

/** More series than can be named are asked for by their families; and if these are too many, all are. */
function few({ metrics }: Asked): { metrics: readonly string[] } {
  if (metrics.length <= metricsAtOnce) return { metrics }
  const families = new Set(metrics.map((metric) => metric.replace(/\{.*/s, '{*')))
  return { metrics: families.size > metricsAtOnce ? [] : [...families] }
}
