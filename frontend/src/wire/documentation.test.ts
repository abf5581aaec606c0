import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeFrame } from './decode.ts'
import { encodeFrame } from './encode.ts'
import type { ClientFrame } from './frames.ts'

/** The examples of docs/protocol.md are marked by what they are; the server's tests read the same ones. */
const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^```json (\w+)\n(.+)\n```$/gm)].map(([, kind, text]) => ({
  kind: kind ?? '',
  text: text ?? '',
}))

describe('docs/protocol.md', () => {
  test('has examples of both directions', () => {
    for (const kind of ['server', 'client']) {
      expect(examples.filter((example) => example.kind === kind).length).toBeGreaterThan(3)
    }
  })

  test.each(examples.filter(({ kind }) => kind === 'server'))('from the server: $text', ({ text }) => {
    expect(decodeFrame(text)).toEqual(JSON.parse(text))
  })

  test.each(examples.filter(({ kind }) => kind === 'client'))('from a client: $text', ({ text }) => {
    expect(JSON.parse(encodeFrame(JSON.parse(text) as ClientFrame))).toEqual(JSON.parse(text))
  })
})
