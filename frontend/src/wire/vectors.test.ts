import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DecodeError } from './check.ts'
import { decodeFrame } from './decode.ts'

const folder = new URL('../../../protocol/vectors/', import.meta.url)

interface Vector {
  file: string
  headers: Map<string, string>
  payload: string
}

/** A vector is header lines, a blank line, and the text of the frame. */
function readVector(file: string): Vector {
  const content = readFileSync(new URL(file, folder), 'utf8')
  const blank = content.indexOf('\n\n')
  if (blank < 0) throw new Error(`${file}: no blank line after the headers`)
  const headers = new Map<string, string>()
  for (const line of content.slice(0, blank).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0)
      throw new Error(`${file}: a header is written "name: value", found ${JSON.stringify(line)}`)
    headers.set(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return { file, headers, payload: content.slice(blank + 2).replace(/\n$/, '') }
}

const vectors = readdirSync(folder)
  .filter((file) => file.endsWith('.txt'))
  .map(readVector)
const fromServer = vectors.filter(
  ({ headers }) => headers.get('direction') === 'server' && headers.get('codec') === 'json',
)

describe('protocol/vectors, direction server', () => {
  test('there are vectors of both kinds', () => {
    for (const kind of ['ok', 'reject']) {
      expect(fromServer.filter(({ headers }) => headers.get('expect') === kind).length).toBeGreaterThan(0)
    }
  })

  test.each(fromServer)('$file', ({ headers, payload }) => {
    if (headers.get('expect') === 'reject') {
      const fault = faultOf(payload)
      if (headers.has('field')) expect(fault.field).toBe(headers.get('field'))
      return
    }
    expect(headers.get('expect')).toBe('ok')
    const frame = decodeFrame(payload)
    // A type that this app does not know is ignored; a known one comes out as it went in.
    if (frame !== undefined) expect(frame).toEqual(JSON.parse(payload))
  })
})

function faultOf(payload: string): DecodeError {
  try {
    decodeFrame(payload)
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('the frame was accepted')
}
