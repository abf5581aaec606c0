import type { Catalog, Hello, HostState, Snapshot, Update } from '../../wire/types.gen.ts'

/** Frames for tests, with what a test does not care about filled in. */
export function hello(fields: Partial<Hello> = {}): Hello {
  return {
    type: 'hello',
    protocol: 1,
    server: { version: 'v0.0.0', time: 1_690_000_000 },
    epoch: 'a',
    interval: 1,
    backfill: 300,
    limits: { messageBytes: 16_384, hosts: 128, globs: 16 },
    hosts: [{ name: 'web-1', hostname: 'web-1' }],
    ...fields,
  }
}

export function catalog(
  metrics: readonly string[],
  host = 'web-1',
  every: Record<string, number> = {},
): Catalog {
  return {
    type: 'catalog',
    host,
    series: metrics.map((metric) => ({
      metric,
      family: metric.replace(/\{.*/, ''),
      unit: 'percent',
      kind: 'gauge',
      ...(every[metric] === undefined ? {} : { every: every[metric] }),
    })),
  }
}

/** A catalogue in which the series of these names are pushed. */
export function catalogWithPushed(
  metrics: readonly string[],
  pushed: readonly string[],
  host = 'web-1',
): Catalog {
  const { series } = catalog(metrics, host)
  const marked = series.map((one) => (pushed.includes(one.metric) ? { ...one, custom: true } : one))
  return { type: 'catalog', host, series: marked }
}

/** A row of these columns only. */
export function sparse(
  seq: number,
  timestamp: number,
  columns: number[],
  values: Update['values'],
  host = 'web-1',
): Update {
  return { type: 'update', host, seq, timestamp, columns, values }
}

export function hostState(name: string, state: HostState['state'], since: number): HostState {
  return { type: 'host', state, host: { name, hostname: name }, since }
}

export function update(seq: number, timestamp: number, values: Update['values'], host = 'web-1'): Update {
  return { type: 'update', host, seq, timestamp, values }
}

export function snapshot(
  seq: number,
  timestamps: number[],
  columns: Snapshot['columns'],
  host = 'web-1',
): Snapshot {
  return { type: 'snapshot', host, seq, timestamps, columns }
}
