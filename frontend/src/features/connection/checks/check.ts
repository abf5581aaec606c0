/**
 * What the checks of a connection have in common. A check asks one question, from this browser, through whatever stands
 * between it and the server, and answers with a finding; what it saw on the way it leaves for the checks after it.
 */
import type { Clock } from '../../../transport/clock.ts'
import type { RemedyId } from './remedies.ts'

export type CheckId = 'server' | 'names' | 'base' | 'websocket' | 'stream' | 'compression' | 'clock' | 'idle'

/** skip: the question makes no sense here, or could not be asked because another check failed. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'skip'

export interface Finding {
  verdict: Verdict
  /** What was found, with its figures, in a sentence without a full stop. */
  says: string
  /** What mends it. */
  remedy?: RemedyId
}

/** The answer of GET api/v1/connection: the request as it came to the server. */
export interface ConnectionAnswer {
  address: string
  host: string
  origin: string
  protocol: string
  forwardedFor: string
  trustedProxy: boolean
  secure: boolean
  /** The server's clock, ms since the epoch. */
  serverTimeMs: number
}

/** One frame of the event stream: when it was measured, and when it was here. */
export interface Arrival {
  /** The server's clock, ms since the epoch. */
  stampMs: number
  /** Our clock, ms since the epoch. */
  atMs: number
}

/** What came of asking for the event stream. */
export interface StreamProbe {
  /** Absent when nothing answered at all. */
  status?: number
  contentType: string
  encoding: string
  /** From the question to the headers; NaN when they did not come in time. */
  headersMs: number
  arrivals: readonly Arrival[]
  /** Why it ended before enough frames came. */
  problem?: string
}

/** What the checks found out so far. */
export interface Observations {
  answer?: ConnectionAnswer
  /** Milliseconds from the question to the answer, and when half of that had passed by our clock. */
  answeredInMs?: number
  askedAtMs?: number
  /** How the browser spoke to the next hop: `http/1.1`, `h2`, `h3`. */
  hop?: string
  socketOpened?: boolean
  stream?: StreamProbe
}

/** The place that the checks run in; tests bring their own. */
export interface CheckPlace {
  /** The base of the server, ending in a slash. */
  base: URL
  socketUrl: string
  /** The page's own address; it is secure when the browser came by https. */
  page: URL
  /** The page came from this server. */
  servedPage: boolean
  /** Seconds between two ticks of the server. */
  intervalSeconds: number
  /** The server's clock minus ours, as the session measured it so far. */
  clockOffsetMs: () => number | undefined
  clock: Clock
  fetch: typeof fetch
  openSocket: (url: string, subprotocol: string) => WebSocket
  /** How the browser reached that address last, as far as it tells. */
  hopTo: (address: string) => string | undefined
}

export interface CheckContext extends CheckPlace {
  seen: Observations
  signal: AbortSignal
  /** Says how far a check is: `frame 2 of 3`. */
  progress: (text: string) => void
}

export interface Check {
  id: CheckId
  title: string
  /** What it looks at, in a few words. */
  asks: string
  /** Runs only when it is asked for by itself: it takes long. */
  apart?: boolean
  run: (context: CheckContext) => Promise<Finding>
}

export function pass(says: string): Finding {
  return { verdict: 'pass', says }
}

export function warn(says: string, remedy?: RemedyId): Finding {
  return { verdict: 'warn', says, ...(remedy && { remedy }) }
}

export function fail(says: string, remedy?: RemedyId): Finding {
  return { verdict: 'fail', says, ...(remedy && { remedy }) }
}

export function skip(says: string): Finding {
  return { verdict: 'skip', says }
}

/** Resolves after so long; rejects at once when the checks are called off. */
export function pause(context: Pick<CheckContext, 'clock' | 'signal'>, milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      takeBack()
      reject(context.signal.reason as Error)
    }
    const takeBack = context.clock.after(milliseconds, () => {
      context.signal.removeEventListener('abort', stop)
      resolve()
    })
    context.signal.addEventListener('abort', stop, { once: true })
    if (context.signal.aborted) stop()
  })
}
