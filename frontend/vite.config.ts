import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, loadEnv, type Plugin } from 'vite'

/** What the Vitals server answers; everything else is the app. `npm run dev` sends these on to a running server. */
const serverPaths = ['^/ws(\\?.*)?$', '^/events(\\?.*)?$', '^/api/.*', '^/(livez|readyz|healthz)$']

/** The server tells each page where the app begins; in development that is always the root. */
const developmentBase: Plugin = {
  name: 'vitals-development-base',
  apply: 'serve',
  transformIndexHtml: () => [{ tag: 'base', attrs: { href: '/' }, injectTo: 'head-prepend' }],
}

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, '.', 'VITALS_')['VITALS_SERVER'] ?? 'http://127.0.0.1:8080'
  // The Host header is passed on as it is, so that the server's check of Origin against Host holds in development too.
  const proxy = Object.fromEntries(serverPaths.map((path) => [path, { target, ws: path.startsWith('^/ws') }]))
  return {
    // Relative: the same bundle works at / and under any sub-path (the server injects <base href>).
    base: './',
    plugins: [react(), tailwindcss(), developmentBase],
    server: { host: '127.0.0.1', port: 5173, proxy },
    preview: { host: '127.0.0.1', port: 4173, proxy },
    build: {
      target: 'es2022',
      manifest: true,
      // A strict Content-Security-Policy allows no data: URLs for scripts and fonts.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rolldownOptions: {
        output: {
          // Libraries change rarely: chunks of their own stay in the browser's cache when the app changes.
          codeSplitting: {
            groups: [
              { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 2 },
              { name: 'router', test: /node_modules[\\/]@tanstack[\\/]/, priority: 2 },
              { name: 'chart', test: /node_modules[\\/](chart\.js|@kurkle)[\\/]/, priority: 2 },
            ],
          },
        },
      },
    },
  }
})
