import { bench, describe } from 'vitest'
import { decodeFrame } from './decode.ts'
import { readVector } from './testing/vectors.ts'

// One tick of a host of 60 series, in both codecs. Run: npx vitest bench --run src/wire
describe('decode an update of 60 series', () => {
  for (const [name, file] of [
    ['JSON', 'server-update-usual.txt'],
    ['CBOR', 'server-cbor-same-update-usual.txt'],
  ] as const) {
    const { message } = readVector(file)
    bench(name, () => {
      decodeFrame(message)
    })
  }
})
