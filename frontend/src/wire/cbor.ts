import { decode, encode } from 'cborg'
import { DecodeError } from './check.ts'
import { decimal } from './float32.ts'

/** Lists of numbers come as typed arrays (RFC 8746, little-endian), under these tags. */
const uint16s = 69
const float32s = 85
const float64s = 86

type Cells = (number | null)[]
type Content = () => unknown

const strict = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  rejectDuplicateMapKeys: true,
}

const options = {
  ...strict,
  tags: {
    [uint16s]: (content: Content) => elements(content(), 2, (view, at) => view.getUint16(at, true)),
    [float32s]: (content: Content) => elements(content(), 4, float32),
    [float64s]: (content: Content) => elements(content(), 8, float64),
  },
}

const columnOptions = {
  ...strict,
  tags: {
    [float32s]: (content: Content) => new Float64Array(new Float32Array(aligned(content(), 4))),
    [float64s]: (content: Content) => new Float64Array(aligned(content(), 8)),
  },
}

/**
 * Reads one item of CBOR into what JSON.parse would give for the same frame: typed arrays become arrays, their NaN null.
 * Indefinite lengths, unknown tags, keys that stand twice, and anything behind the item throw a DecodeError.
 */
export function parseCbor(bytes: Uint8Array): unknown {
  return parse(bytes, options)
}

/**
 * The same, but typed arrays become a Float64Array: for long columns, of which no list of values is made. A float32 stays
 * the number that it is, which differs from the one that it stands for in the eighth digit: enough to draw.
 */
export function parseCborColumns(bytes: Uint8Array): unknown {
  return parse(bytes, columnOptions)
}

function parse(bytes: Uint8Array, how: typeof options | typeof columnOptions): unknown {
  try {
    return decode(bytes, how) as unknown
  } catch (error) {
    // The library recurses: deep nesting ends in a RangeError.
    const reason = error instanceof RangeError ? 'nested too deep' : (error as Error).message
    throw new DecodeError('', `is not CBOR: ${reason}`)
  }
}

/** The bytes of a value that JSON could hold too. Members that are undefined are left out. */
export function toCbor(value: unknown): Uint8Array<ArrayBuffer> {
  return encode(value, { ignoreUndefinedProperties: true })
}

function elements(
  content: unknown,
  bytes: number,
  read: (view: DataView, at: number) => number | null,
): Cells {
  const view = elementsOf(content, bytes)
  const cells: Cells = []
  for (let at = 0; at < view.byteLength; at += bytes) cells.push(read(view, at))
  return cells
}

/** A copy that begins where an array of so many bytes an element may. */
function aligned(content: unknown, bytes: number): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = elementsOf(content, bytes)
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
}

function elementsOf(content: unknown, bytes: number): DataView {
  if (!(content instanceof Uint8Array) || content.length % bytes !== 0)
    throw new Error(`a typed array must have a multiple of ${bytes} bytes`)
  return new DataView(content.buffer, content.byteOffset, content.byteLength)
}

function float32(view: DataView, at: number): number | null {
  const value = view.getFloat32(at, true)
  return value === value ? decimal(value, view.getUint32(at, true)) : null
}

function float64(view: DataView, at: number): number | null {
  const value = view.getFloat64(at, true)
  return value === value ? value : null
}
