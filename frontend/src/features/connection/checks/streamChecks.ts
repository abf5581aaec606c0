/** Checks that need a stream: the WebSocket, the event stream with the time its frames take, and quiet connections. */
import { formatMilliseconds } from '../../../chart/format.ts'
import { subprotocol } from '../../../wire/frames.ts'
import {
  fail,
  pass,
  pause,
  skip,
  warn,
  type Check,
  type CheckContext,
  type Finding,
  type Arrival,
  type StreamProbe,
} from './check.ts'
import { probeStream } from './streamProbe.ts'

const helloWithinMs = 8_000
/** A frame that takes longer than this is held somewhere, or the way is very slow. */
const lateMs = 1_500
/** The server's heartbeats come every 10 to 15 s; proxies cut after 30 or 60 s as they come. */
const idleSeconds = 75

export const websocketCheck: Check = {
  id: 'websocket',
  title: 'WebSocket',
  asks: 'is the upgrade passed on',
  async run(context) {
    const began = context.clock.monotonicMs()
    const outcome = await firstMessage(context)
    context.seen.socketOpened = outcome === 'hello'
    if (outcome === 'hello')
      return pass(`open, greeted after ${formatMilliseconds(context.clock.monotonicMs() - began)}`)
    if (!context.seen.answer) return skip('the server did not answer')
    return fail(`${outcome}, though the server answers other requests`, 'upgrade')
  },
}

/** Opens a session's socket and waits for the first word of the server; `hello`, or what happened instead. */
function firstMessage(context: CheckContext): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = context.openSocket(context.socketUrl, subprotocol)
    const end = () => {
      takeBack()
      context.signal.removeEventListener('abort', stop)
      socket.onmessage = socket.onclose = null
      socket.close()
    }
    const finish = (outcome: string) => {
      end()
      resolve(outcome)
    }
    const stop = () => {
      end()
      reject(context.signal.reason as Error)
    }
    const takeBack = context.clock.after(helloWithinMs, () => finish('no greeting within 8 s'))
    context.signal.addEventListener('abort', stop, { once: true })
    socket.onmessage = () => finish('hello')
    socket.onclose = ({ code }) => finish(code === 1006 ? 'refused' : `closed with code ${code}`)
  })
}

export const streamCheck: Check = {
  id: 'stream',
  title: 'Event stream',
  asks: 'is every frame passed on at once',
  async run(context) {
    if (!context.seen.answer) return skip('the server did not answer')
    const probe = await probeStream(context)
    context.seen.stream = probe
    return judgeStream(probe, context.intervalSeconds, offsetOf(context))
  },
}

function offsetOf({ clockOffsetMs, seen: { answer, askedAtMs } }: CheckContext): number {
  const measured = clockOffsetMs()
  if (measured !== undefined) return measured
  return answer && askedAtMs !== undefined ? answer.serverTimeMs - askedAtMs : 0
}

/** Frames that were measured one after the other and arrive together were held back by somebody. */
export function judgeStream(probe: StreamProbe, intervalSeconds: number, offsetMs: number): Finding {
  if (probe.status === undefined)
    return fail(`${probe.problem ?? 'no answer'} to the event stream`, 'buffering')
  if (probe.status !== 200)
    return fail(`the event stream is answered with status ${probe.status}`, 'base-path')
  if (!isEventStream(probe)) return fail('a page answers where the event stream should be', 'base-path')
  if (probe.arrivals.length < 2)
    return fail(
      `the stream opens and then ${probe.problem ?? 'nothing came'}: something holds it back`,
      'buffering',
    )
  const [measuredMs, arrivedMs] = spans(probe.arrivals)
  if (measuredMs >= 500 * intervalSeconds && arrivedMs < measuredMs / 3)
    return fail(
      `frames measured over ${formatMilliseconds(measuredMs)} arrive within ${formatMilliseconds(arrivedMs)}`,
      'buffering',
    )
  return judgeDelays(probe.arrivals.map(({ atMs, stampMs }) => atMs + offsetMs - stampMs))
}

function isEventStream({ contentType }: StreamProbe): boolean {
  return contentType.startsWith('text/event-stream')
}

function spans(arrivals: readonly Arrival[]): [measuredMs: number, arrivedMs: number] {
  const [first, last] = [arrivals[0], arrivals.at(-1)]
  if (!first || !last) return [0, 0]
  return [last.stampMs - first.stampMs, last.atMs - first.atMs]
}

function judgeDelays(delaysMs: readonly number[]): Finding {
  const [least, most] = [Math.max(0, Math.min(...delaysMs)), Math.max(0, ...delaysMs)]
  const says = `${delaysMs.length} frames, ${formatMilliseconds(least)} to ${formatMilliseconds(most)} after their measurement`
  return least > lateMs ? warn(says, 'buffering') : pass(says)
}

export const compressionCheck: Check = {
  id: 'compression',
  title: 'Compression',
  asks: 'is the event stream left alone',
  run({ seen: { stream } }) {
    if (stream?.status !== 200 || !isEventStream(stream))
      return Promise.resolve(skip('there is no event stream to look at'))
    const { encoding } = stream
    if (encoding === '' || encoding === 'identity')
      return Promise.resolve(pass('the event stream is not compressed'))
    return Promise.resolve(fail(`the event stream is compressed (${encoding})`, 'compression'))
  },
}

export const idleCheck: Check = {
  id: 'idle',
  title: 'Quiet connection',
  asks: `is one without data left standing for ${idleSeconds} s`,
  apart: true,
  async run(context) {
    const held = holdSocket(context)
    try {
      for (let left = idleSeconds; left > 0; left--) {
        context.progress(`${left} s left`)
        const cut = await Promise.race([pause(context, 1000), held.closed])
        if (cut === undefined) continue
        return fail(`cut after ${idleSeconds - left + 1} s`, 'idle')
      }
      return pass(`stood for ${idleSeconds} s`)
    } finally {
      held.release()
    }
  },
}

/** A session that asks for nothing: only heartbeats go over it. */
function holdSocket({ openSocket, socketUrl }: CheckContext): {
  closed: Promise<'cut'>
  release: () => void
} {
  const socket = openSocket(socketUrl, subprotocol)
  const closed = new Promise<'cut'>((resolve) => {
    socket.onclose = () => resolve('cut')
  })
  return {
    closed,
    release: () => {
      socket.onclose = null
      socket.close()
    },
  }
}
