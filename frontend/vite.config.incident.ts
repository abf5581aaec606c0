/** Builds the page that a saved incident is shown by: one file that opens without a server and without a network. */
import { createHash } from 'node:crypto'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const page = 'incident.html'

/** Puts the one script and the one stylesheet into the page, and lets it run nothing but these. */
const inOneFile: Plugin = {
  name: 'vitals-in-one-file',
  enforce: 'post',
  generateBundle(_, bundle) {
    const html = bundle[page]
    if (html?.type !== 'asset') return this.error(`${page} is missing`)
    const rest = Object.values(bundle).filter((output) => output !== html)
    const scripts = rest.flatMap((output) => (output.type === 'chunk' ? [output] : []))
    const styles = rest.flatMap((output) => (output.type === 'asset' ? [output] : []))
    const [script, ...moreScripts] = scripts
    const [style, ...moreStyles] = styles
    if (!script || !style || moreScripts.length + moreStyles.length > 0) {
      const names = rest.map((output) => output.fileName).join(', ')
      return this.error(`expected one script and one stylesheet, there are ${names}`)
    }
    // In one file there is nothing to load ahead: what the bundler would fill in for that is nothing.
    const code = script.code
      .replaceAll('__VITE_PRELOAD__', 'void 0')
      .replaceAll('</script', String.raw`<\/script`)
    const css = String(style.source)
    const policy = [
      "default-src 'none'",
      `script-src '${hashOf(code)}'`,
      `style-src '${hashOf(css)}'`,
      'font-src data:',
      'img-src data: blob:',
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; ')
    html.source = String(html.source)
      .replace(/<script type="module"[^>]*><\/script>/, '')
      .replace(/<link rel="stylesheet"[^>]*>/, '')
      .replace('%INCIDENT_POLICY%', policy)
      .replace('</head>', () => `<style>${css}</style></head>`)
      .replace('</body>', () => `<script type="module">${code}</script></body>`)
    for (const { fileName } of rest) Reflect.deleteProperty(bundle, fileName)
  },
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [react(), tailwindcss(), inOneFile],
  build: {
    target: 'es2022',
    // Beside the app, which was built before.
    emptyOutDir: false,
    assetsInlineLimit: Infinity,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { input: page, output: { codeSplitting: false } },
  },
})
