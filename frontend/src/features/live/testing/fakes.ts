import { HostSeries } from '../../../series/hostSeries.ts'
import type { Host, Series } from '../../../wire/types.gen.ts'
import type { Reader } from '../reader.ts'

/** A series by its whole name, with labels taken from between the braces. */
export function series(metric: string, unit = 'percent', every?: number): Series {
  const [, family = metric, inside] = /^([^{]+)(?:\{(.*)\})?$/.exec(metric) ?? []
  const described: Series = { metric, family, unit, kind: 'gauge' }
  if (inside)
    described.labels = Object.fromEntries(
      inside.split(',').map((pair) => pair.split('=') as [string, string]),
    )
  if (every !== undefined) described.every = every
  return described
}

/** A reader of fixed values at a fixed instant. */
export function readerOf(values: Record<string, number>, more: Partial<Reader> = {}): Reader {
  return {
    kind: 'live',
    time: 1000,
    value: (metric) => values[metric],
    unit: (metric) => (metric.startsWith('memory') ? 'bytes' : 'percent'),
    has: (metric) => metric in values,
    lastTime: () => undefined,
    ...more,
  }
}

/** A host whose rows are one second apart, from `from` on; one column of values a series. */
export function hostOf(
  catalog: Series[],
  columns: (number | null)[][],
  from = 1000,
  host: Partial<Host> = {},
): HostSeries {
  const made = new HostSeries({ name: 'web-1', hostname: 'web-1', ...host }, 1)
  made.applyCatalog({ type: 'catalog', host: 'web-1', series: catalog })
  const timestamps = (columns[0] ?? []).map((_, row) => from + row)
  made.applySnapshot({ type: 'snapshot', host: 'web-1', seq: 1, timestamps, columns }, 'epoch')
  return made
}
