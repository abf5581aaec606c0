// Prepares the built app for a static host such as GitHub Pages: tells the page under which path it lives, as the
// server does with its own copy, and makes 404.html so that deep links open the app.
//
//   node scripts/static-host.mjs dist /vitals/

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, base] = process.argv.slice(2)
if (!folder || !/^\/([\w.~-]+\/)*$/.test(base ?? '')) {
  console.error('usage: node scripts/static-host.mjs FOLDER /PATH/')
  process.exit(2)
}

const page = readFileSync(join(folder, 'index.html'), 'utf8')
const tag = `<base href="${base}">`
const based = /<base\b[^>]*>/.test(page)
  ? page.replace(/<base\b[^>]*>/, tag)
  : page.replace('<head>', `<head>\n    ${tag}`)
if (!based.includes(tag)) {
  console.error(`${folder}/index.html has no <head>`)
  process.exit(1)
}
for (const name of ['index.html', '404.html']) writeFileSync(join(folder, name), based)
console.log(`${folder} is ready to be served under ${base}`)
