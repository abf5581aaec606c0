import { decode, encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from './check.ts'
import { decodeFrame, limits } from './decode.ts'
import { encodeFrame } from './encode.ts'
import { decimal } from './float32.ts'
import { type ClientFrame, subprotocolCbor } from './frames.ts'
import { readVectors } from './testing/vectors.ts'

const good = readVectors().filter(
  ({ headers }) => headers.get('direction') === 'server' && headers.get('expect') === 'ok',
)
const binary = good.flatMap(({ message }) => (typeof message === 'string' ? [] : [message]))
const texts = good.flatMap(({ message }) => (typeof message === 'string' ? [message] : []))

/** What becomes of a message: the frame, or the field at fault. Any other error fails the test. */
function outcome(message: string | Uint8Array): { frame?: unknown; fault?: string } {
  try {
    return { frame: decodeFrame(message) }
  } catch (error) {
    if (error instanceof DecodeError) return { fault: error.field }
    throw error
  }
}

describe('whatever bytes come', () => {
  test('only a DecodeError is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void outcome(bytes)),
      { numRuns: 2000 },
    )
  })

  test('a frame with some bytes changed, cut or put in is refused or is a frame', () => {
    const message = fc.constantFrom(...binary)
    fc.assert(
      fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2))), (bytes, changes) => {
        const changed = [...bytes]
        for (const [at, byte, removed] of changes) changed.splice(at % changed.length, removed, byte)
        outcome(Uint8Array.from(changed))
      }),
      { numRuns: 2000 },
    )
  })

  test('every beginning of a frame is refused', () => {
    for (const bytes of binary) {
      for (let end = 0; end < Math.min(bytes.length, 500); end++) {
        expect(outcome(bytes.slice(0, end)).fault).toBeDefined()
      }
    }
  })

  test('a frame that is too long is not even read', () => {
    expect(() => decodeFrame(new ArrayBuffer(limits.characters + 1))).toThrow(/at most \d+ are allowed/)
  })

  test('bytes need not begin where their buffer begins', () => {
    for (const bytes of binary) {
      const shifted = new Uint8Array(bytes.length + 3)
      shifted.set(bytes, 3)
      expect(outcome(shifted.subarray(3))).toEqual(outcome(bytes))
      expect(outcome(new Uint8Array(bytes.slice().buffer))).toEqual(outcome(bytes))
    }
  })
})

/** A frame with one of its parts, at any depth, replaced by anything. */
function broken(frame: unknown): fc.Arbitrary<unknown> {
  const whole = fc.jsonValue()
  if (typeof frame !== 'object' || frame === null) return whole
  const parts = Object.entries(frame)
    .slice(0, 8)
    .map(([key, part]) =>
      broken(part).map((replaced) =>
        Array.isArray(frame)
          ? frame.map((kept: unknown, i) => (String(i) === key ? replaced : kept))
          : { ...frame, [key]: replaced },
      ),
    )
  return fc.oneof(whole, ...parts)
}

test('the same frame comes to the same in both codecs', () => {
  const frames = fc.oneof(...texts.map((text) => broken(JSON.parse(text))))
  fc.assert(
    fc.property(frames, (frame) => {
      const text = JSON.stringify(frame)
      // Members keep their order, so that the first fault is the same.
      const bytes = encode(JSON.parse(text), { mapSorter: () => 0 })
      expect(outcome(bytes)).toEqual(outcome(text))
    }),
    { numRuns: 1000 },
  )
})

test('client frames are the same in both codecs', () => {
  const name = fc.string({ minLength: 1, maxLength: 20 })
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
  const position = fc.record({ epoch: name, seq: fc.maxSafeNat() })
  const frames = fc.oneof(
    fc.record({
      type: fc.constant('subscribe' as const),
      hosts: optional(fc.array(name)),
      interval: optional(fc.double({ min: 0.1, max: 3600, noNaN: true })),
      envelope: optional(fc.boolean()),
      since: optional(fc.dictionary(name, position)),
    }),
    fc.record({ type: fc.constant('ping' as const), id: fc.maxSafeNat() }),
  )
  fc.assert(
    fc.property(frames, (frame) => {
      const bytes = encodeFrame(frame as ClientFrame, subprotocolCbor) as Uint8Array
      expect(decode(bytes)).toEqual(JSON.parse(encodeFrame(frame as ClientFrame)))
    }),
  )
})

describe('a float32 of a column', () => {
  const meant = (value: number) => {
    const [bits] = new Uint32Array(Float32Array.of(value).buffer)
    return decimal(Math.fround(value), bits ?? 0)
  }

  test('means the number of seven digits next to it', () => {
    const float = fc.float({
      noNaN: true,
      noDefaultInfinity: true,
      min: Math.fround(-9.9e6),
      max: Math.fround(9.9e6),
    })
    fc.assert(
      fc.property(float, (value) => {
        fc.pre(Math.abs(value) > 1e-15)
        fc.pre(!/^\d\.?\d{6}5e/.test(Math.abs(value).toExponential())) // half way between two: never sent
        expect(meant(value)).toBe(Number(value.toPrecision(7)))
      }),
      { numRuns: 20_000 },
    )
  })

  test('carries every number of hundredths to 100,000', () => {
    for (let i = 0; i < 10_000_000; i += 97) expect(meant(i / 100) === i / 100).toBe(true)
  })

  test.each([0, 16_777_216, 2 ** 40, -(2 ** 30), 1e7, 12_345_678])('means itself: %d', (value) => {
    expect(meant(value)).toBe(value)
  })
})
