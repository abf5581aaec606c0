import { decode, encode } from 'cborg'
import { describe, expect, test } from 'vitest'
import { DecodeError } from './check.ts'
import { decodeFrame } from './decode.ts'
import { encodeFrame } from './encode.ts'
import { type ClientFrame, subprotocolCbor } from './frames.ts'
import { readVector, readVectors } from './testing/vectors.ts'

const vectors = readVectors()
const ofDirection = (direction: string) =>
  vectors.filter(({ headers }) => headers.get('direction') === direction)

describe('protocol/vectors, direction server', () => {
  const fromServer = ofDirection('server')

  test.each(['json', 'cbor'])('there are vectors of both kinds in %s', (codec) => {
    for (const kind of ['ok', 'reject']) {
      const some = fromServer.filter(
        ({ headers }) => headers.get('expect') === kind && headers.get('codec') === codec,
      )
      expect(some.length).toBeGreaterThan(3)
    }
  })

  test.each(fromServer)('$file', ({ headers, message }) => {
    if (headers.get('expect') === 'reject') {
      const fault = faultOf(message)
      if (headers.has('field')) expect(fault.field).toBe(headers.get('field'))
      return
    }
    expect(headers.get('expect')).toBe('ok')
    const frame = decodeFrame(message)
    // A type that this app does not know is ignored; a known one comes out as it went in.
    if (frame === undefined) return
    if (typeof message === 'string') expect(frame).toEqual(JSON.parse(message))
    const twin = headers.get('same')
    if (twin !== undefined) expect(frame).toEqual(decodeFrame(readVector(twin).message))
  })

  const inJson = fromServer.filter(({ message }) => typeof message === 'string' && isJson(message))

  test.each(inJson)('$file, the same as CBOR of plain arrays', ({ headers, message }) => {
    const bytes = encode(JSON.parse(message as string))
    if (headers.get('expect') === 'reject') expect(faultOf(bytes).field).toBe(faultOf(message).field)
    else expect(decodeFrame(bytes)).toEqual(decodeFrame(message))
  })
})

describe('protocol/vectors, direction client', () => {
  // JSON.stringify has no infinity.
  const frames = ofDirection('client').filter(
    ({ headers, message }) =>
      headers.get('expect') === 'ok' && typeof message === 'string' && !message.includes('1e999'),
  )

  test.each(frames)('$file is written alike in both codecs', ({ message }) => {
    const frame = JSON.parse(message as string) as ClientFrame
    expect(JSON.parse(encodeFrame(frame))).toEqual(frame)
    const bytes = encodeFrame(frame, subprotocolCbor)
    expect(decode(bytes as Uint8Array)).toEqual(frame)
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function faultOf(message: string | Uint8Array): DecodeError {
  try {
    decodeFrame(message)
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('the frame was accepted')
}
