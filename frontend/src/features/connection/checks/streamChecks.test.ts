import { describe, expect, it } from 'vitest'
import { contextOf, fakePlace } from '../testing/fakePlace.ts'
import type { StreamProbe } from './check.ts'
import { EventReader } from './eventReader.ts'
import { compressionCheck, judgeStream } from './streamChecks.ts'
import { probeStream } from './streamProbe.ts'

const probe = (change: Partial<StreamProbe> = {}): StreamProbe => ({
  status: 200,
  contentType: 'text/event-stream',
  encoding: '',
  headersMs: 5,
  arrivals: [0, 1000, 2000].map((at) => ({ stampMs: at, atMs: at + 12 })),
  ...change,
})

describe('an event stream', () => {
  it.each<[string, StreamProbe, string, string | undefined]>([
    ['that flows', probe(), 'pass', undefined],
    [
      'that comes in one piece',
      probe({ arrivals: [0, 1000, 2000].map((at) => ({ stampMs: at, atMs: 2500 })) }),
      'fail',
      'buffering',
    ],
    [
      'that opens and is silent',
      probe({ arrivals: [], problem: 'no more frames came' }),
      'fail',
      'buffering',
    ],
    [
      'that does not open',
      { contentType: '', encoding: '', headersMs: NaN, arrivals: [], problem: 'no answer within 10 s' },
      'fail',
      'buffering',
    ],
    [
      'that lags',
      probe({ arrivals: [0, 1000, 2000].map((at) => ({ stampMs: at, atMs: at + 4000 })) }),
      'warn',
      'buffering',
    ],
    ['that is a page', probe({ contentType: 'text/html' }), 'fail', 'base-path'],
    ['that is refused', probe({ status: 404 }), 'fail', 'base-path'],
  ])('%s', (_, found, verdict, remedy) => {
    const finding = judgeStream(found, 1, 0)
    expect(finding.verdict).toBe(verdict)
    expect(finding.remedy).toBe(remedy)
  })

  it('is judged by the clock of the server', () => {
    const ahead = probe({ arrivals: [0, 1000, 2000].map((at) => ({ stampMs: at + 60_000, atMs: at + 12 })) })
    expect(judgeStream(ahead, 1, 60_000).says).toBe('3 frames, 12 ms to 12 ms after their measurement')
  })

  it.each([
    ['', 'pass'],
    ['gzip', 'fail'],
  ])('compressed as %j: %s', async (encoding, verdict) => {
    const context = contextOf(fakePlace({}), { stream: probe({ encoding }) })
    expect((await compressionCheck.run(context)).verdict).toBe(verdict)
  })
})

describe('the probe of an event stream', () => {
  const body = [
    ': hello\n\nretry: 1500\n\n',
    'id: a-1\ndata: [{"metric":"cpu","value":1,"timestamp":1000.5}]\n\n',
    'event: ping\ndata: {"timestamp":1001.5}\n\nevent: gap\ndata: {"timestamp":1}\n\n',
    'data: not json\n\ndata: [{"metric":"cpu","value":1,"timestamp":1002.5}]\n\n',
  ]

  it('times frames and pings, and nothing else', async () => {
    const stream = () =>
      new Response(body.join(''), {
        headers: { 'Content-Type': 'text/event-stream; charset=utf-8' },
      })
    const found = await probeStream(contextOf(fakePlace({ events: stream })))
    expect(found.arrivals.map(({ stampMs }) => stampMs)).toEqual([1_000_500, 1_001_500, 1_002_500])
    expect(found.problem).toBeUndefined()
  })

  it('says that a stream ended too early', async () => {
    const stream = () => new Response(body[1], { headers: { 'Content-Type': 'text/event-stream' } })
    const found = await probeStream(contextOf(fakePlace({ events: stream })))
    expect(found).toMatchObject({ status: 200, problem: 'the stream ended' })
    expect(found.arrivals).toHaveLength(1)
  })

  it('says that nobody answers', async () => {
    expect(await probeStream(contextOf(fakePlace({})))).toMatchObject({
      problem: 'the browser got no answer',
    })
  })
})

describe('the reader of events', () => {
  it('puts together what comes in pieces', () => {
    const reader = new EventReader()
    const bytes = new TextEncoder().encode('event: ping\r\ndata: {"a":\ndata: "ä"}\n\n')
    const events = [...bytes].flatMap((byte) => reader.read(Uint8Array.of(byte)))
    expect(events).toEqual([{ name: 'ping', data: '{"a":\n"ä"}' }])
  })

  it('does not take in a line without an end', () => {
    const reader = new EventReader()
    const read = () => reader.read(new Uint8Array(2 << 20).fill(97))
    expect(read).toThrow('more than a megabyte')
  })
})
