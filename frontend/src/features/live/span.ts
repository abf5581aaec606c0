/** The stretches of time that the page offers. */
export const spans = [
  { name: '1m', seconds: 60, title: 'The last minute (1)' },
  { name: '5m', seconds: 300, title: 'The last 5 minutes (2)' },
  { name: '15m', seconds: 900, title: 'The last 15 minutes (3)' },
  { name: 'all', seconds: Infinity, title: 'All there is (4)' },
] as const

export type SpanName = (typeof spans)[number]['name']

export const usualSpan: SpanName = '5m'

/** The span of that name; the usual one for a name that is not one, as from a hand-written address. */
export function spanNamed(name: unknown): SpanName {
  return spans.find((span) => span.name === name)?.name ?? usualSpan
}

export function secondsOf(name: SpanName): number {
  return spans.find((span) => span.name === name)?.seconds ?? 300
}
