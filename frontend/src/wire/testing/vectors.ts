import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../../../protocol/vectors/', import.meta.url)

export interface Vector {
  file: string
  headers: Map<string, string>
  message: string | Uint8Array
}

/** protocol/vectors/README.md describes the files; the server's tests read the same ones. */
export function readVector(file: string): Vector {
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
  const body = content.slice(blank + 2)
  return { file, headers, message: headers.get('codec') === 'json' ? body.replace(/\n$/, '') : fromHex(body) }
}

function fromHex(text: string): Uint8Array {
  const digits = text.replace(/#.*/g, '').replace(/\s+/g, '')
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16))
}

export function readVectors(): Vector[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .map(readVector)
}
