import { readFileSync } from 'node:fs'

/** The entry of index.html with everything it imports before it runs: what a browser loads for the first paint. */
function initialChunks(manifest) {
  const files = new Set()
  const visit = (key) => {
    const chunk = manifest[key]
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    chunk.imports?.forEach(visit)
  }
  visit('index.html')
  return [...files].map((file) => `dist/${file}`)
}

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))

export default [
  { name: 'initial JavaScript', path: initialChunks(manifest), gzip: true, limit: '180 kB' },
  { name: 'all JavaScript', path: 'dist/assets/*.js', gzip: true, limit: '262 kB' },
  { name: 'incident page', path: 'dist/incident.html', gzip: true, limit: '234 kB' },
  { name: 'all styles', path: 'dist/assets/*.css', gzip: true, limit: '40 kB' },
]
