import type { Arrival, CheckContext, StreamProbe } from './check.ts'
import { EventReader, type StreamEvent } from './eventReader.ts'

const framesToTime = 3
const headersWithinMs = 10_000
/** A silent source still sends a ping every 15 s. */
const longestWaitMs = 50_000

/** Asks for the event stream and times its first frames. Never throws but when the checks are called off. */
export async function probeStream(context: CheckContext): Promise<StreamProbe> {
  const probe: StreamProbe & { arrivals: Arrival[] } = {
    contentType: '',
    encoding: '',
    headersMs: Number.NaN,
    arrivals: [],
  }
  const ended = new AbortController()
  const stop = () => ended.abort(context.signal.reason)
  context.signal.addEventListener('abort', stop, { once: true })
  const within = (milliseconds: number, problem: string) =>
    context.clock.after(milliseconds, () => ended.abort(new Error(problem)))
  let giveUp = within(headersWithinMs, 'no answer within 10 s')
  try {
    const body = await open(context, ended.signal, probe)
    giveUp()
    giveUp = within(patienceMs(context), 'no more frames came')
    if (body) await collect(context, body, probe.arrivals)
  } catch (error) {
    context.signal.throwIfAborted()
    probe.problem = reasonOf(error, ended.signal)
  } finally {
    giveUp()
    context.signal.removeEventListener('abort', stop)
    ended.abort()
  }
  return probe
}

async function open(
  { base, clock, fetch }: CheckContext,
  signal: AbortSignal,
  probe: StreamProbe,
): Promise<ReadableStream<Uint8Array> | null> {
  const began = clock.monotonicMs()
  const answer = await fetch(new URL('events?batch=1', base), {
    headers: { Accept: 'text/event-stream' },
    cache: 'no-store',
    signal,
  })
  probe.headersMs = clock.monotonicMs() - began
  probe.status = answer.status
  probe.contentType = answer.headers.get('content-type') ?? ''
  probe.encoding = answer.headers.get('content-encoding') ?? ''
  return answer.ok && probe.contentType.startsWith('text/event-stream') ? answer.body : null
}

async function collect(
  { clock, progress }: CheckContext,
  body: ReadableStream<Uint8Array>,
  arrivals: Arrival[],
): Promise<void> {
  const pieces = body.getReader()
  const events = new EventReader()
  progress(`frame 1 of ${framesToTime}`)
  while (arrivals.length < framesToTime) {
    const { done, value } = await pieces.read()
    if (done) throw new Error('the stream ended')
    const atMs = clock.wallMs()
    for (const event of events.read(value)) {
      const stampMs = stampOf(event)
      if (stampMs !== undefined && arrivals.length < framesToTime) arrivals.push({ stampMs, atMs })
    }
    progress(`frame ${Math.min(arrivals.length + 1, framesToTime)} of ${framesToTime}`)
  }
}

/** The time in a frame: of a batch the first event's, or a ping's own. */
function stampOf({ name, data }: StreamEvent): number | undefined {
  if (name !== 'message' && name !== 'ping') return undefined
  try {
    const parsed: unknown = JSON.parse(data)
    const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed
    const { timestamp } = first as { timestamp?: unknown }
    return typeof timestamp === 'number' ? timestamp * 1000 : undefined
  } catch {
    return undefined
  }
}

/** Enough for the frames of a source that works, and for the pings of one that is silent. */
function patienceMs({ intervalSeconds }: CheckContext): number {
  return Math.min(longestWaitMs, (framesToTime + 2) * intervalSeconds * 1000 + 8_000)
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  const reason: unknown = signal.aborted ? signal.reason : error
  if (reason instanceof TypeError) return 'the browser got no answer'
  return reason instanceof Error ? reason.message : String(reason)
}
