/**
 * The checks that decoding is made of. Each takes the path of a field and its value as JSON.parse left it, and either
 * returns the value with its type or throws a DecodeError that names the field.
 */

/** A frame that does not hold what the protocol promises. `field` is the path of the fault, '' for the whole frame. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  readonly field: string

  constructor(field: string, problem: string) {
    super(field === '' ? problem : `${field}: ${problem}`)
    this.field = field
  }
}

export type Fields = Record<string, unknown>

export function object(field: string, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError(field, 'must be an object')
  }
  return value as Fields
}

export function array(field: string, value: unknown, maxLength: number): unknown[] {
  if (!Array.isArray(value)) throw new DecodeError(field, 'must be an array')
  if (value.length > maxLength) {
    throw new DecodeError(field, `has ${value.length} entries, at most ${maxLength} are allowed`)
  }
  return value
}

export function text(field: string, value: unknown): void {
  if (typeof value !== 'string') throw new DecodeError(field, 'must be a string')
}

export function word(field: string, value: unknown): void {
  if (typeof value !== 'string' || value === '')
    throw new DecodeError(field, 'must be a string that is not empty')
}

export function flag(field: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new DecodeError(field, 'must be true or false')
}

/** A whole number that JavaScript holds exactly: at most 2^53 - 1. */
export function whole(field: string, value: unknown, least: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw new DecodeError(field, `must be a whole number from ${least} to 2^53-1`)
  }
  return value as number
}

/** A finite number: JSON has no NaN, but 1e999 parses to Infinity. */
export function finite(field: string, value: unknown): number {
  if (!Number.isFinite(value)) throw new DecodeError(field, 'must be a finite number')
  return value as number
}

// What a Date can hold, in seconds: formatting a time beyond it would throw far from here.
const lastSecond = 8.64e12

/** Unix seconds. */
export function instant(field: string, value: unknown): void {
  const seconds = finite(field, value)
  if (Math.abs(seconds) > lastSecond) throw new DecodeError(field, 'is no time that a clock can show')
}

/** Values of series: finite, or null for none. */
export function values(field: string, value: unknown, maxLength: number): unknown[] {
  const cells = array(field, value, maxLength)
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]
    if (cell !== null && !Number.isFinite(cell)) {
      throw new DecodeError(`${field}[${i}]`, 'must be a finite number or null')
    }
  }
  return cells
}
