import { describe, expect, test, vi } from 'vitest'
import type { Subscribe } from '../wire/types.gen.ts'
import { addressOf, eventStreams, type Fetch } from './eventStream.ts'
import type { SocketEvents } from './socket.ts'

/** A server of event streams whose answers a test writes by hand. */
class FakeStreams {
  readonly requests: { url: string; signal: AbortSignal }[] = []
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  answer = () => new Response(null, { status: 200, headers: { 'content-type': 'text/event-stream' } })

  readonly fetch: Fetch = (url, init) => {
    const signal = init.signal!
    this.requests.push({ url, signal })
    const { status, headers } = this.answer()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller
        signal.addEventListener('abort', () => controller.error(signal.reason))
      },
    })
    return Promise.resolve(new Response(body, { status, headers }))
  }

  async write(text: string | Uint8Array): Promise<void> {
    this.#controller?.enqueue(typeof text === 'string' ? new TextEncoder().encode(text) : text)
    await settle()
  }

  async end(): Promise<void> {
    this.#controller?.close()
    await settle()
  }

  async cut(): Promise<void> {
    this.#controller?.error(new TypeError('network error'))
    await settle()
  }
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

function open(streams: FakeStreams, wish: Subscribe = { type: 'subscribe' }) {
  const events = { onOpen: vi.fn(), onMessage: vi.fn(), onClose: vi.fn() } satisfies SocketEvents
  const socket = eventStreams(streams.fetch)('http://server/base/events', events, wish)
  return { events, socket, messages: () => events.onMessage.mock.calls.map(([data]) => data as string) }
}

describe('the address', () => {
  test.each<[string, Omit<Subscribe, 'type'>, string]>([
    ['of the own host', {}, 'session=1'],
    ['of a host', { hosts: ['web 1&2'] }, 'session=1&host=web+1%262'],
    [
      'puts the hosts with positions first',
      { hosts: ['a', 'b', 'c'], since: { c: { epoch: 'e', seq: 7 }, b: { epoch: 'f', seq: 9 } } },
      'session=1&host=b&host=c&host=a&since=f%3A9&since=e%3A7',
    ],
  ])('%s', (_name, wish, query) => {
    expect(addressOf('http://server/events', { type: 'subscribe', ...wish })).toBe(
      `http://server/events?${query}`,
    )
  })
})

describe('an event stream', () => {
  test('opens, brings each frame as it comes, and closes when the server ends it', async () => {
    const streams = new FakeStreams()
    const { events, messages } = open(streams)
    await settle()
    expect(events.onOpen.mock.calls).toEqual([['json']])
    await streams.write(': vitals\nretry: 1500\n\ndata: {"a":1}\n\nid: 7\nda')
    await streams.write('ta: {"b":2}\r\n\r\n')
    const bytes = new TextEncoder().encode('data: "zürich"\n\n')
    await streams.write(bytes.slice(0, 9))
    await streams.write(bytes.slice(9))
    expect(messages()).toEqual(['{"a":1}', '{"b":2}', '"zürich"'])
    await streams.end()
    expect(events.onClose.mock.calls).toEqual([[1006, 'the event stream ended', undefined]])
  })

  test('a ping is an answer without a question; events of other names mean nothing', async () => {
    const streams = new FakeStreams()
    const { messages } = open(streams)
    await settle()
    await streams.write('event: ping\ndata: {"timestamp":1690000000.5}\n\nevent: ping\ndata: soon\n\n')
    await streams.write('event: annotation\ndata: {"text":"from the future"}\n\n')
    expect(messages().map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: 'pong', id: 0, time: 1_690_000_000.5 },
    ])
  })

  test.each([
    ['{"code":1012,"reason":"the server is stopping"}', 1012, 'the server is stopping'],
    ['{"code":1008,"reason":"too many bytes"}', 1008, 'too many bytes'],
    ['{}', 1012, 'the server said goodbye'],
    ['bye', 1012, 'the server said goodbye'],
  ])('a goodbye of %s is a close with that code', async (data, code, reason) => {
    const streams = new FakeStreams()
    const { events } = open(streams)
    await settle()
    await streams.write(`event: goodbye\ndata: ${data}\n\n`)
    expect(events.onClose.mock.calls).toEqual([[code, reason, undefined]])
  })

  test.each([
    [503, { 'retry-after': '4' }, 4000],
    [429, { 'retry-after': '0' }, 0],
    [503, { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, undefined],
    [503, {}, undefined],
    [404, { 'retry-after': '4' }, undefined],
  ])('a refusal with %d %j is a close', async (status, headers, retryAfterMs) => {
    const streams = new FakeStreams()
    streams.answer = () =>
      new Response(null, { status, headers: { 'content-type': 'text/plain', ...headers } })
    const { events } = open(streams)
    await settle()
    expect(events.onOpen).not.toHaveBeenCalled()
    expect(events.onClose.mock.calls).toEqual([[1006, `the server answered ${status}`, retryAfterMs]])
  })

  test('a page of somebody else, as of a hotel, is no event stream', async () => {
    const streams = new FakeStreams()
    streams.answer = () => new Response(null, { headers: { 'content-type': 'text/html' } })
    const { events } = open(streams)
    await settle()
    expect(events.onClose.mock.calls).toEqual([[1006, 'the answer is no event stream', undefined]])
  })

  test('a network that fails before and after the answer is a close', async () => {
    const streams = new FakeStreams()
    const { events } = open(streams)
    await settle()
    await streams.cut()
    expect(events.onClose.mock.calls).toEqual([[1006, 'the event stream was cut', undefined]])
    const unreachable = { onOpen: vi.fn(), onMessage: vi.fn(), onClose: vi.fn() }
    eventStreams(() => Promise.reject(new TypeError('failed')))('http://x/', unreachable, {
      type: 'subscribe',
    })
    await settle()
    expect(unreachable.onClose.mock.calls).toEqual([[1006, 'no event stream came', undefined]])
  })

  test('to subscribe is to begin anew; what the one before still says is nothing', async () => {
    const streams = new FakeStreams()
    const { events, socket, messages } = open(streams)
    await settle()
    await streams.write('data: 1\n\ndata: 2')
    socket.send({ type: 'ping', id: 1 })
    socket.send({ type: 'unsubscribe', hosts: ['a'] })
    socket.send({ type: 'subscribe', hosts: ['a'], since: { a: { epoch: 'e', seq: 3 } } })
    await settle()
    await streams.write('data: 3\n\n')
    expect(streams.requests.map(({ url, signal }) => [new URL(url).search, signal.aborted])).toEqual([
      ['?session=1', true],
      ['?session=1&host=a&since=e%3A3', false],
    ])
    expect(messages()).toEqual(['1', '3'])
    expect(events.onOpen).toHaveBeenCalledTimes(1)
    expect(events.onClose).not.toHaveBeenCalled()
  })

  test('that was let go says nothing, and takes no more subscriptions', async () => {
    const streams = new FakeStreams()
    const { events, socket } = open(streams)
    await settle()
    socket.close()
    socket.send({ type: 'subscribe', hosts: ['a'] })
    await settle()
    expect(streams.requests.map(({ signal }) => signal.aborted)).toEqual([true])
    expect(events.onClose).not.toHaveBeenCalled()
  })

  test('an event without an end does not fill the memory', async () => {
    const streams = new FakeStreams()
    const { events } = open(streams)
    await settle()
    const chunk = new TextEncoder().encode('x'.repeat(8 << 20))
    await streams.write('data: ')
    for (let i = 0; i < 5 && events.onClose.mock.calls.length === 0; i++) await streams.write(chunk)
    expect(events.onClose.mock.calls).toEqual([[1006, 'the event stream was cut', undefined]])
    expect(streams.requests[0]?.signal.aborted).toBe(true)
  })
})
