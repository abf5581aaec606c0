// Puts a .br and a .gz beside each file of a folder that gets smaller by it. The server sends them as they are.
// The same input gives the same bytes on every machine.
//
//   node scripts/compress.mjs dist

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const COMPRESSIBLE = new Set([
  '.css',
  '.html',
  '.ico',
  '.js',
  '.json',
  '.map',
  '.svg',
  '.txt',
  '.webmanifest',
  '.xml',
])
const SMALLEST_BYTES = 512
const GZIP_OS_BYTE = 9
const GZIP_OS_UNKNOWN = 255

function brotli(content) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  }
  return brotliCompressSync(content, { params })
}

function gzip(content) {
  const packed = gzipSync(content, { level: constants.Z_BEST_COMPRESSION })
  packed[GZIP_OS_BYTE] = GZIP_OS_UNKNOWN
  return packed
}

function compress(path) {
  const content = readFileSync(path)
  const sizes = { plain: content.length, br: content.length, gz: content.length }
  if (content.length < SMALLEST_BYTES) return sizes
  for (const [ending, pack] of [
    ['br', brotli],
    ['gz', gzip],
  ]) {
    const packed = pack(content)
    if (packed.length >= content.length) continue
    writeFileSync(`${path}.${ending}`, packed)
    sizes[ending] = packed.length
  }
  return sizes
}

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node scripts/compress.mjs FOLDER')
  process.exit(2)
}

const total = { plain: 0, br: 0, gz: 0 }
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !COMPRESSIBLE.has(extname(entry.name))) continue
  const sizes = compress(join(entry.parentPath ?? entry.path, entry.name))
  for (const key of Object.keys(total)) total[key] += sizes[key]
}
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
console.log(
  `compressed ${kilobytes(total.plain)} to ${kilobytes(total.br)} (br), ${kilobytes(total.gz)} (gzip)`,
)
