import { encode } from 'cborg'
import { describe, expect, it, vi } from 'vitest'
import { HistoryError } from '../wire/history.ts'
import { exportUrl, type Fetch, fetchHistory, fetchHistoryStatus, fetchPastHosts } from './history.ts'

const base = new URL('http://vitals.example/some/path/')
const query = { host: 'web-1', metrics: ['cpu', 'disk.device.read{device=a,b}'], from: 1000.12345, to: 2000 }
const answer = { host: 'web-1', from: 1000, to: 2000, timelines: [], series: [] }

function answering(body: unknown, status = 200): ReturnType<typeof vi.fn<Fetch>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return vi.fn<Fetch>(() => Promise.resolve(new Response(text, { status })))
}

const refusal = (code: string, message: string) => ({ error: { code, message } })

async function errorOf(promise: Promise<unknown>): Promise<HistoryError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof HistoryError)) throw new Error('expected a HistoryError')
  return error
}

describe('the address', () => {
  it('holds the question, below the path of the server', async () => {
    const get = answering(answer)
    await fetchHistory(base, { ...query, step: 5, points: 300, summary: true }, undefined, get)
    const address = get.mock.calls[0]?.[0]
    expect(address?.pathname).toBe('/some/path/api/v1/history')
    expect(Object.fromEntries(address?.searchParams ?? [])).toEqual({
      host: 'web-1',
      metrics: 'cpu,disk.device.read{device=a,b}',
      from: '1000.123',
      to: '2000',
      step: '5',
      points: '300',
      summary: '1',
    })
  })

  it('asks for samples as they are by step 0, and leaves out what is not asked', async () => {
    const get = answering(answer)
    await fetchHistory(base, { ...query, metrics: [], step: 0 }, undefined, get)
    const parameters = get.mock.calls[0]?.[0].searchParams
    expect(parameters?.get('step')).toBe('raw')
    expect(parameters?.has('metrics')).toBe(false)
    expect(parameters?.has('summary')).toBe(false)
  })

  it('of a download', () => {
    expect(exportUrl(base, 'csv', { ...query, metrics: ['cpu'], from: 1 }).href).toBe(
      'http://vitals.example/some/path/api/v1/export?format=csv&host=web-1&metrics=cpu&from=1&to=2000',
    )
  })
})

describe('an answer', () => {
  const headers = { 'Content-Type': 'application/cbor' }

  it('that may be rounded is asked for as CBOR, and read as what it is', async () => {
    const get = vi.fn<Fetch>(() => Promise.resolve(new Response(encode(answer), { headers })))
    const rounded = { ...query, rounded: true }
    expect(await fetchHistory(base, rounded, undefined, get)).toMatchObject({ host: 'web-1', from: 1000 })
    expect(new Headers(get.mock.calls[0]?.[1].headers).get('Accept')).toMatch(/^application\/cbor,/)
    const older = answering(answer)
    expect(await fetchHistory(base, rounded, undefined, older)).toMatchObject({ from: 1000 })
    await fetchHistory(base, query, undefined, older)
    expect(new Headers(older.mock.calls[1]?.[1].headers).has('Accept')).toBe(false)
  })

  it('that is no CBOR is a failure', async () => {
    const get: Fetch = () => Promise.resolve(new Response(JSON.stringify(answer), { headers }))
    expect((await errorOf(fetchHistory(base, query, undefined, get))).message).toMatch(/is not CBOR/)
  })
})

describe('a failure', () => {
  it.each([
    [404, refusal('history_off', 'history is off'), 'off', 'history_off'],
    [404, '404 page not found', 'off', ''],
    [404, refusal('unknown_host', 'no such host'), 'refused', 'unknown_host'],
    [422, refusal('limit', 'at most 500 series'), 'refused', 'limit'],
    [400, refusal('bad_request', 'from'), 'refused', 'bad_request'],
    [429, '', 'away', ''],
    [500, '<html>', 'away', ''],
    [503, refusal('busy', 'later'), 'away', 'busy'],
  ] as const)('of status %i and %j is told apart', async (status, body, kind, code) => {
    const error = await errorOf(fetchHistory(base, query, undefined, answering(body, status)))
    expect(error).toMatchObject({ kind, code })
    expect(error.message).not.toBe('')
  })

  it('of the network may pass', async () => {
    const get = vi.fn<Fetch>(() => Promise.reject(new TypeError('failed to fetch')))
    expect(await errorOf(fetchHistory(base, query, undefined, get))).toMatchObject({ kind: 'away' })
  })

  it('of an answer names the field', async () => {
    const bad = { ...answer, timelines: [[2, 1]] }
    const error = await errorOf(fetchHistory(base, query, undefined, answering(bad)))
    expect(error).toMatchObject({ kind: 'away' })
    expect(error.message).toContain('timelines[0][1]')
  })

  it('by the signal is its reason', async () => {
    const abort = new AbortController()
    const get: Fetch = (_, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    const asked = fetchHistory(base, query, abort.signal, get)
    const reason = new Error('nobody looks any more')
    abort.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })

  it('is what takes too long', async () => {
    vi.useFakeTimers()
    const get: Fetch = (_, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    const failed = errorOf(fetchHistory(base, query, undefined, get))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await failed).toMatchObject({ kind: 'away', message: 'the server did not answer within 20 s' })
    vi.useRealTimers()
  })
})

it('reads the status', async () => {
  const status = {
    state: 'recording',
    since: 1000,
    bytes: 5,
    samples: 6,
    series: 7,
    retentionTime: 1_296_000,
    retentionBytes: 1 << 30,
    sync: 1,
    lost: 0,
    damaged: [{ file: 'a', reason: 'b', time: 12 }],
  }
  expect(await fetchHistoryStatus(base, undefined, answering(status))).toEqual(status)
  const error = await errorOf(fetchHistoryStatus(base, undefined, answering({ ...status, bytes: -1 })))
  expect(error.message).toContain('bytes')
})

it('tells a server that keeps no history', async () => {
  const off = answering({ state: 'off', message: 'start it with --history on' })
  expect(await errorOf(fetchHistoryStatus(base, undefined, off))).toMatchObject({
    kind: 'off',
    code: 'history_off',
  })
})

it('reads the hosts', async () => {
  const hosts = [{ host: { name: 'web-1', hostname: 'web-1' }, oldest: 1, newest: 2 }]
  expect(await fetchPastHosts(base, undefined, answering({ hosts }))).toEqual(hosts)
  const bad = { hosts: [{ ...hosts[0], newest: 'x' }] }
  expect((await errorOf(fetchPastHosts(base, undefined, answering(bad)))).message).toContain(
    'hosts[0].newest',
  )
})
