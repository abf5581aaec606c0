import { createParser } from 'eventsource-parser'
import type { ClientFrame } from '../wire/frames.ts'
import type { Subscribe } from '../wire/types.gen.ts'
import type { Socket, SocketEvents, SocketFactory } from './socket.ts'

/** More than this in one event is no frame; see limits.characters of the decoder. */
const maxBufferedCharacters = 32 << 20
const abnormalClosure = 1006
const serviceRestart = 1012

/** The part of fetch() that a stream needs; tests bring their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Sessions over an event stream (text/event-stream), for where WebSockets are blocked. Only the server speaks, so a
 * stream is opened for what is wanted; to want something else is to open it anew. Each begins with a hello.
 *
 * It is read with fetch() and not with an EventSource, which would hide why a server refuses and when to come back, and
 * would reconnect by itself, from a position of its own.
 */
export function eventStreams(fetcher: Fetch = (url, init) => fetch(url, init)): SocketFactory {
  return (url, events, wish) => new EventStream(url, events, wish, fetcher)
}

class EventStream implements Socket {
  readonly #url: string
  readonly #events: SocketEvents
  readonly #fetch: Fetch
  #abort = new AbortController()
  #opened = false

  constructor(url: string, events: SocketEvents, wish: Subscribe, fetcher: Fetch) {
    this.#url = url
    this.#events = events
    this.#fetch = fetcher
    void this.#follow(wish, this.#abort.signal)
  }

  send(frame: ClientFrame): void {
    if (frame.type !== 'subscribe' || this.#ended) return
    this.#abort.abort()
    this.#abort = new AbortController()
    void this.#follow(frame, this.#abort.signal)
  }

  close(): void {
    this.#abort.abort()
  }

  get #ended(): boolean {
    return this.#abort.signal.aborted
  }

  /** Reads one stream to its end. A stream that was let go ends without a word. */
  async #follow(wish: Subscribe, signal: AbortSignal): Promise<void> {
    try {
      const headers = { accept: 'text/event-stream' }
      const response = await this.#fetch(addressOf(this.#url, wish), { signal, headers, cache: 'no-store' })
      if (!isEventStream(response)) {
        this.#refused(response, signal)
        return
      }
      if (!this.#opened) this.#events.onOpen('json')
      this.#opened = true
      await this.#read(response, signal)
      this.#end(signal, abnormalClosure, 'the event stream ended')
    } catch {
      this.#end(signal, abnormalClosure, this.#opened ? 'the event stream was cut' : 'no event stream came')
    }
  }

  async #read(response: Response, signal: AbortSignal): Promise<void> {
    const parser = createParser({
      maxBufferSize: maxBufferedCharacters,
      onEvent: ({ event, data }) => this.#onEvent(event, data, signal),
    })
    const decoder = new TextDecoder()
    const reader = response.body?.getReader()
    for (;;) {
      const chunk = await reader?.read()
      if (chunk === undefined || chunk.done || signal.aborted) return
      parser.feed(decoder.decode(chunk.value, { stream: true }))
    }
  }

  #onEvent(event: string | undefined, data: string, signal: AbortSignal): void {
    if (signal.aborted) return
    if (event === undefined) this.#events.onMessage(data)
    else if (event === 'ping') this.#onPing(data)
    else if (event === 'goodbye') this.#onGoodbye(data, signal)
  }

  /** A time that the server sends unasked is an answer without a question: a pong to ping 0. */
  #onPing(data: string): void {
    const { timestamp: time } = fieldsOf(data)
    if (typeof time === 'number') this.#events.onMessage(JSON.stringify({ type: 'pong', id: 0, time }))
  }

  /** Where a WebSocket would be closed with a code. */
  #onGoodbye(data: string, signal: AbortSignal): void {
    const { code, reason } = fieldsOf(data)
    this.#end(
      signal,
      typeof code === 'number' ? code : serviceRestart,
      typeof reason === 'string' ? reason : 'the server said goodbye',
    )
  }

  #refused(response: Response, signal: AbortSignal): void {
    void response.body?.cancel()
    const reason = response.ok ? 'the answer is no event stream' : `the server answered ${response.status}`
    this.#end(signal, abnormalClosure, reason, retryAfterMs(response))
  }

  #end(signal: AbortSignal, code: number, reason: string, retryAfterMs?: number): void {
    if (signal.aborted) return
    this.close()
    this.#events.onClose(code, reason, retryAfterMs)
  }
}

/** The address of the stream of some hosts: those whose rows are known in part come first, each with its position. */
export function addressOf(base: string, { hosts = [], since = {} }: Subscribe): string {
  const url = new URL(base)
  url.searchParams.set('session', '1')
  const known = hosts.filter((host) => since[host] !== undefined)
  for (const host of [...known, ...hosts.filter((host) => since[host] === undefined)]) {
    url.searchParams.append('host', host)
  }
  for (const host of known) url.searchParams.append('since', `${since[host]?.epoch}:${since[host]?.seq}`)
  return url.href
}

function isEventStream(response: Response): boolean {
  return response.ok && (response.headers.get('content-type') ?? '').startsWith('text/event-stream')
}

/** How long a server that is too busy wants to be left alone; undefined where it did not say. */
function retryAfterMs(response: Response): number | undefined {
  if (response.status !== 503 && response.status !== 429) return undefined
  const seconds = Number(response.headers.get('retry-after') ?? NaN)
  return seconds >= 0 ? seconds * 1000 : undefined
}

function fieldsOf(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
