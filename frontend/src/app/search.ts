/** What addresses say besides the path; what they do not say is as usual. */
import { spanNamed, usualSpan, type SpanName } from '../features/live/span.ts'

export interface Search {
  /** How much of the past the charts show. */
  window?: SpanName
}

export interface ConnectionSearch extends Search {
  /** The host whose stream is looked at; absent for the server's own. */
  host?: string
  /** 1 runs the checks at once: for a link that is sent to somebody. */
  run?: 1
}

export function searchOf(given: Record<string, unknown>): Search {
  return windowOf(spanNamed(given['window']))
}

export function connectionSearchOf(given: Record<string, unknown>): ConnectionSearch {
  const { host, run } = given
  return {
    ...searchOf(given),
    // An address that somebody wrote by hand may hold a number, or anything.
    ...(typeof host === 'string' || typeof host === 'number' ? { host: String(host) } : {}),
    ...(run === 1 || run === true ? { run: 1 } : {}),
  }
}

/** From any page to the Connection page of a host. */
export function connectionSearch(old: Search, host: string | undefined): ConnectionSearch {
  return { ...(old.window && { window: old.window }), ...(host !== undefined && { host }) }
}

/** The usual window stands in no address. */
export function windowOf(span: SpanName): Search {
  return span === usualSpan ? {} : { window: span }
}
