import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from './check.ts'
import { decodeFrame, limits } from './decode.ts'
import { encodeFrame } from './encode.ts'

const hello = {
  type: 'hello',
  protocol: 1,
  server: { version: 'v0.1.0', time: 1_690_000_000.5, app: 'x' },
  epoch: 'e',
  interval: 1,
  backfill: 300,
  limits: { messageBytes: 16_384, hosts: 128, globs: 16 },
  hosts: [
    { name: 'web-1', hostname: 'web-1', addresses: ['192.0.2.1'], cpuCount: 8, bootTime: 1_689_000_000 },
  ],
}
const series = {
  metric: 'cpu',
  family: 'cpu',
  unit: 'percent',
  kind: 'gauge',
  labels: { core: '0' },
  every: 10,
}
const catalog = { type: 'catalog', host: 'web-1', series: [series] }
const snapshot = { type: 'snapshot', host: 'web-1', seq: 1, timestamps: [1, 2], columns: [[1, null]] }
const update = { type: 'update', host: 'web-1', seq: 1, timestamp: 1, values: [1, null] }

function fault(frame: unknown): string {
  try {
    decodeFrame(JSON.stringify(frame))
  } catch (error) {
    if (error instanceof DecodeError) return error.field
    throw error
  }
  return 'accepted'
}

describe('decodeFrame names the field at fault', () => {
  test.each([
    ['protocol', { ...hello, protocol: 0 }],
    ['server', { ...hello, server: null }],
    ['server.version', { ...hello, server: { time: 1 } }],
    ['server.time', { ...hello, server: { version: '', time: 1e13 } }],
    ['server.app', { ...hello, server: { ...hello.server, app: 1 } }],
    ['backfill', { ...hello, backfill: -1 }],
    ['limits.globs', { ...hello, limits: { messageBytes: 1, hosts: 1 } }],
    ['hosts', { ...hello, hosts: null }],
    ['hosts[0]', { ...hello, hosts: ['web-1'] }],
    ['hosts[0].hostname', { ...hello, hosts: [{ name: 'a' }] }],
    ['hosts[0].addresses[1]', { ...hello, hosts: [{ name: 'a', hostname: 'a', addresses: ['::1', 7] }] }],
    ['hosts[0].cpuCount', { ...hello, hosts: [{ name: 'a', hostname: 'a', cpuCount: 1.5 }] }],
    ['hosts[0].kernel', { ...hello, hosts: [{ name: 'a', hostname: 'a', kernel: [] }] }],
    ['series[0].family', { ...catalog, series: [{ ...series, family: '' }] }],
    ['series[0].every', { ...catalog, series: [{ ...series, every: -1 }] }],
    ['series[0].labels.core', { ...catalog, series: [{ ...series, labels: { core: 0 } }] }],
    ['series[1].metric', { ...catalog, series: [series, series] }],
    ['series', { ...catalog, series: Array.from({ length: limits.series + 1 }, () => series) }],
    ['seq', { ...snapshot, seq: Number.MAX_SAFE_INTEGER }],
    ['timestamps[1]', { ...snapshot, timestamps: [1, '2'] }],
    ['columns[0]', { ...snapshot, columns: [[1]] }],
    ['columns[0][1]', { ...snapshot, columns: [[1, true]] }],
    ['columns', { ...snapshot, columns: {} }],
    ['values[1]', { ...update, values: [1, {}] }],
    ['timestamp', { ...update, timestamp: '1' }],
    ['recovered', { type: 'gap', host: 'web-1' }],
    ['dropped', { type: 'gap', host: 'web-1', dropped: -1, recovered: false }],
    ['message', { type: 'error', code: 'x' }],
    ['id', { type: 'pong', id: -1, time: 1 }],
    ['', 'hello'],
    ['', null],
  ])('%s', (field, frame) => {
    expect(fault(frame)).toBe(field)
  })

  test('a frame that is too long is not even parsed', () => {
    expect(() => decodeFrame(' '.repeat(limits.characters + 1))).toThrow(/at most \d+ are allowed/)
  })

  test('names that every object has are no frame types', () => {
    expect(decodeFrame('{"type":"constructor"}')).toBeUndefined()
    expect(decodeFrame('{"type":"__proto__"}')).toBeUndefined()
  })
})

/** A frame with one of its parts, at any depth, replaced by anything. */
function broken(frame: unknown): fc.Arbitrary<unknown> {
  const whole = fc.jsonValue()
  if (typeof frame !== 'object' || frame === null) return whole
  const parts = Object.entries(frame).map(([key, part]) =>
    broken(part).map((replaced) =>
      Array.isArray(frame)
        ? frame.map((kept: unknown, i) => (String(i) === key ? replaced : kept))
        : { ...frame, [key]: replaced },
    ),
  )
  return fc.oneof(whole, ...parts)
}

test('whatever a server sends, a row that comes through is finite, whole and of one length', () => {
  const anything = fc.oneof(...[hello, catalog, snapshot, update].map(broken))
  fc.assert(
    fc.property(anything, (sent) => {
      let frame
      try {
        frame = decodeFrame(JSON.stringify(sent))
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
        return
      }
      if (frame?.type === 'update') {
        expect(Number.isSafeInteger(frame.seq) && frame.seq >= 1).toBe(true)
        expect(Number.isFinite(frame.timestamp)).toBe(true)
        for (const value of frame.values) expect(value === null || Number.isFinite(value)).toBe(true)
      }
      if (frame?.type === 'snapshot') {
        for (const column of frame.columns) expect(column).toHaveLength(frame.timestamps.length)
      }
    }),
    { numRuns: 500 },
  )
})

test('client frames are written as the server reads them', () => {
  const since = { 'web-1': { epoch: 'e', seq: 12 } }
  expect(encodeFrame({ type: 'subscribe', hosts: ['web-1'], since })).toBe(
    '{"type":"subscribe","hosts":["web-1"],"since":{"web-1":{"epoch":"e","seq":12}}}',
  )
  expect(encodeFrame({ type: 'ping', id: 3 })).toBe('{"type":"ping","id":3}')
})
