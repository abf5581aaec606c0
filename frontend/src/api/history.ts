import { parseCborColumns } from '../wire/cbor.ts'
import { DecodeError } from '../wire/check.ts'
import { decodeHistory, decodeHistoryStatus, decodePastHosts } from '../wire/decodeHistory.ts'
import { HistoryError, type HistoryAnswer, type HistoryStatus, type PastHost } from '../wire/history.ts'

export type { HistoryAnswer, HistoryStatus, PastHost } from '../wire/history.ts'

/** Which series, and which stretch of time (unix seconds). */
export interface Selection {
  host: string
  /** Names or globs; none means all. */
  metrics: readonly string[]
  from: number
  to: number
}

/** A question about the past. */
export interface HistoryQuery extends Selection {
  /** Seconds of a bucket, 0 for the samples as they were measured; without it the server picks by `points`. */
  step?: number
  /** Buckets, or samples, that a series has at most. */
  points?: number
  /** Asks for a summary of each series as well. */
  summary?: boolean
  /** Numbers that are exact to seven digits are enough, as to draw them: they come and are read in a fraction of the time. */
  rounded?: boolean
}

/** What of the browser's fetch is used. */
export type Fetch = (address: URL, options: RequestInit) => Promise<Response>

/** An answer that takes longer is no use to somebody who looks; the server itself gives up after 5 s. */
const withinMs = 20_000
/** Bytes of an answer; the server makes none of more than 64 MiB. */
const mostBytes = 64 << 20
/** A server of before it answers with JSON. */
const cbor = 'application/cbor'

/**
 * Asks a server, whose base ends in a slash, for the past. Rejects with a HistoryError; with the signal's reason when
 * that aborts.
 */
export async function fetchHistory(
  base: URL,
  query: HistoryQuery,
  signal?: AbortSignal,
  get?: Fetch,
): Promise<HistoryAnswer> {
  const address = withSelection(new URL('api/v1/history', base), query)
  if (query.step !== undefined) address.searchParams.set('step', query.step > 0 ? String(query.step) : 'raw')
  if (query.points !== undefined) address.searchParams.set('points', String(query.points))
  if (query.summary === true) address.searchParams.set('summary', '1')
  const headers = query.rounded === true ? { Accept: `${cbor}, application/json;q=0.9` } : {}
  return ask(address, decodeHistory, signal, get, headers)
}

/** How much history is kept, and whether it is written at the moment. Rejects with `off` where none is kept. */
export async function fetchHistoryStatus(
  base: URL,
  signal?: AbortSignal,
  get?: Fetch,
): Promise<HistoryStatus> {
  const status = await ask(new URL('api/v1/history/status', base), decodeHistoryStatus, signal, get)
  if (status === undefined) throw new HistoryError('off', 'the server keeps no history', 'history_off')
  return status
}

/** The hosts that have a past, those that are gone included. */
export async function fetchPastHosts(base: URL, signal?: AbortSignal, get?: Fetch): Promise<PastHost[]> {
  return ask(new URL('api/v1/history/hosts', base), decodePastHosts, signal, get)
}

/** Where the samples of a selection can be downloaded as they were measured. */
export function exportUrl(base: URL, format: 'csv' | 'ndjson', selection: Selection): URL {
  const address = new URL('api/v1/export', base)
  address.searchParams.set('format', format)
  return withSelection(address, selection)
}

function withSelection(address: URL, { host, metrics, from, to }: Selection): URL {
  address.searchParams.set('host', host)
  if (metrics.length > 0) address.searchParams.set('metrics', metrics.join(','))
  address.searchParams.set('from', seconds(from))
  address.searchParams.set('to', seconds(to))
  return address
}

/** To the millisecond, as samples are. */
function seconds(time: number): string {
  return String(Math.round(time * 1000) / 1000)
}

async function ask<Answer>(
  address: URL,
  decode: (tree: unknown) => Answer,
  signal: AbortSignal | undefined,
  get: Fetch = (url, options) => fetch(url, options),
  headers: Record<string, string> = {},
): Promise<Answer> {
  const within = new AbortController()
  const abort = () => within.abort(signal?.reason)
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort)
  const timer = setTimeout(
    () => within.abort(new HistoryError('away', `the server did not answer within ${withinMs / 1000} s`)),
    withinMs,
  )
  try {
    const response = await get(address, { cache: 'no-store', signal: within.signal, headers })
    const body = new Uint8Array(await response.arrayBuffer())
    if (!response.ok) throw refusal(response.status, new TextDecoder().decode(body))
    return decode(parse(body, response.headers.get('Content-Type')))
  } catch (error) {
    if (within.signal.aborted) throw within.signal.reason
    throw asHistoryError(error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

function parse(body: Uint8Array, mediaType: string | null): unknown {
  if (body.length > mostBytes)
    throw new DecodeError('', `has ${body.length} bytes, at most ${mostBytes} are allowed`)
  if (mediaType === cbor) return parseCborColumns(body)
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    throw new DecodeError('', 'is not JSON')
  }
}

/** What an error answer means for the next attempt. */
function refusal(status: number, body: string): HistoryError {
  const { code, message } = errorIn(body)
  const text = message === '' ? `the server answered ${status}` : message
  if (code === 'history_off') return new HistoryError('off', text, code)
  // A server of before history knows no such address.
  if (status === 404 && code !== 'unknown_host') return new HistoryError('off', text, code)
  const passing = status >= 500 || status === 429 || status === 408
  return new HistoryError(passing ? 'away' : 'refused', text, code)
}

function errorIn(body: string): { code: string; message: string } {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown; message?: unknown } }
    const word = (value: unknown) => (typeof value === 'string' ? value : '')
    return { code: word(error?.code), message: word(error?.message) }
  } catch {
    return { code: '', message: '' }
  }
}

function asHistoryError(error: unknown): HistoryError {
  if (error instanceof HistoryError) return error
  if (error instanceof DecodeError) return new HistoryError('away', `answer of the server: ${error.message}`)
  return new HistoryError('away', 'the server did not answer')
}
