import { encode, Token, Type } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCborColumns } from './cbor.ts'
import { DecodeError } from './check.ts'
import { decodeHistory } from './decodeHistory.ts'

const series = { metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }
const summary = { count: 3, min: 1, mean: 2, p95: 2.9, max: 3, last: 3, lastTime: 12 }

const raw = () => ({
  host: 'web-1',
  from: 10,
  to: 13,
  timelines: [[10, 11, 12]],
  series: [{ series, timeline: 0, values: [1, null, 3] }],
})

const buckets = () => ({
  host: 'web-1',
  from: 0,
  to: 20,
  step: 10,
  timelines: [[0, 10]],
  series: [{ series, timeline: 0, min: [1, null], mean: [2, null], max: [3, null], summary }],
})

/** The bytes of an answer in which typed arrays are as the server sends them. */
const toCbor = (answer: unknown) =>
  encode(answer, {
    typeEncoders: {
      Float64Array: (column: Float64Array) => [
        new Token(Type.tag, 86),
        new Token(Type.bytes, new Uint8Array(column.buffer)),
      ],
      Float32Array: (column: Float32Array) => [
        new Token(Type.tag, 85),
        new Token(Type.bytes, new Uint8Array(column.buffer)),
      ],
    },
  })

const packed = () => ({
  host: 'web-1',
  from: 0,
  to: 20,
  step: 10,
  timelines: [Float64Array.of(0, 10)],
  series: [
    {
      series,
      timeline: 0,
      min: Float32Array.of(0.1, NaN),
      mean: Float32Array.of(0.25, NaN),
      max: Float64Array.of(34_359_738_367, NaN),
    },
  ],
})

describe('decodeHistory of CBOR', () => {
  const read = (answer: unknown) => decodeHistory(parseCborColumns(toCbor(answer)))

  it('reads typed arrays, single floats to seven digits', () => {
    const { host, step, series: all } = read(packed())
    expect({ host, step }).toEqual({ host: 'web-1', step: 10 })
    expect(all[0]?.times).toEqual(Float64Array.of(0, 10))
    expect(all[0]?.min).toEqual(Float64Array.of(Math.fround(0.1), NaN))
    expect(all[0]?.mean).toEqual(Float64Array.of(0.25, NaN))
    expect(all[0]?.max).toEqual(Float64Array.of(34_359_738_367, NaN))
  })

  it.each([
    ['timelines[0][1]', { ...packed(), timelines: [Float64Array.of(10, 10)] }],
    ['timelines[0][0]', { ...packed(), timelines: [Float64Array.of(NaN, 10)] }],
    [
      'series[0].max[1]',
      { ...packed(), series: [{ ...packed().series[0], max: Float64Array.of(1, Infinity) }] },
    ],
    ['series[0].min', { ...packed(), series: [{ ...packed().series[0], min: Float64Array.of(1) }] }],
    ['timelines[0]', { ...packed(), timelines: [new Uint8Array(8)] }],
    ['timelines[0]', { ...packed(), timelines: [Float64Array.from({ length: 100_001 }, (_, i) => i)] }],
  ])('names the field at fault: %s', (field, answer) => {
    expect(() => read(answer)).toThrow(expect.objectContaining({ name: 'DecodeError', field }))
  })

  it('reads an answer with bytes changed, cut or put in, or refuses it', () => {
    const bytes = [...toCbor(packed())]
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2))), (changes) => {
        const changed = [...bytes]
        for (const [at, byte, removed] of changes) changed.splice(at % changed.length, removed, byte)
        try {
          decodeHistory(parseCborColumns(Uint8Array.from(changed)))
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('decodeHistory', () => {
  it('reads samples: min, mean and max are one', () => {
    const { step, series: all } = decodeHistory(raw())
    expect(step).toBe(0)
    expect(all[0]?.times).toEqual(Float64Array.of(10, 11, 12))
    expect(all[0]?.mean).toEqual(Float64Array.of(1, NaN, 3))
    expect(all[0]?.min).toBe(all[0]?.mean)
    expect(all[0]?.max).toBe(all[0]?.mean)
    expect(all[0]).not.toHaveProperty('summary')
  })

  it('reads buckets and summaries', () => {
    const { step, series: all } = decodeHistory(buckets())
    expect(step).toBe(10)
    expect(all[0]?.min).toEqual(Float64Array.of(1, NaN))
    expect(all[0]?.mean).toEqual(Float64Array.of(2, NaN))
    expect(all[0]?.max).toEqual(Float64Array.of(3, NaN))
    expect(all[0]?.summary).toEqual(summary)
  })

  it('shares the times of a timeline', () => {
    const answer = raw()
    answer.series.push({ series: { ...series, metric: 'memory' }, timeline: 0, values: [4, 5, 6] })
    const { series: all } = decodeHistory(answer)
    expect(all[0]?.times).toBe(all[1]?.times)
  })

  it('reads a summary of nothing', () => {
    const answer = buckets()
    const empty = { count: 0, min: null, mean: null, p95: null, max: null, last: null, lastTime: null }
    const { series: all } = decodeHistory({ ...answer, series: [{ ...answer.series[0], summary: empty }] })
    expect(all[0]?.summary).toMatchObject({ count: 0, min: NaN, lastTime: NaN })
  })

  const first = (entry: object | undefined, change: object) => [{ ...entry, ...change }]
  it.each([
    ['host', { ...raw(), host: '' }],
    ['from', { ...raw(), from: 'now' }],
    ['to', { ...raw(), to: 1e300 }],
    ['step', { ...raw(), step: 0 }],
    ['step', { ...raw(), step: -5 }],
    ['timelines', { ...raw(), timelines: undefined }],
    ['timelines[0][1]', { ...raw(), timelines: [[10, 10, 12]] }],
    ['timelines[0][0]', { ...raw(), timelines: [['10', 11, 12]] }],
    ['series[0].timeline', { ...raw(), series: first(raw().series[0], { timeline: 1 }) }],
    [
      'series[0].series.metric',
      { ...raw(), series: first(raw().series[0], { series: { ...series, metric: 7 } }) },
    ],
    ['series[0].values', { ...raw(), series: first(raw().series[0], { values: [1, 2] }) }],
    ['series[0].values[1]', { ...raw(), series: first(raw().series[0], { values: [1, 'x', 3] }) }],
    ['series[0].min', { ...buckets(), series: first(buckets().series[0], { min: undefined }) }],
    ['series[0].max[0]', { ...buckets(), series: first(buckets().series[0], { max: [Infinity, 1] }) }],
    [
      'series[0].summary.p95',
      { ...buckets(), series: first(buckets().series[0], { summary: { ...summary, p95: null } }) },
    ],
    ['', []],
    ['', null],
  ])('names %s', (field, answer) => {
    let error: unknown
    try {
      decodeHistory(answer)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(DecodeError)
    expect((error as DecodeError).field).toBe(field)
  })
})
