import { defineConfig } from 'vite'

/** The pages of the bench; no part of the app's bundle. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  server: { host: '127.0.0.1', fs: { allow: ['..'] } },
  build: {
    target: 'es2022',
    outDir: '../node_modules/.vitals-bench',
    emptyOutDir: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['compare.html', 'day.html', 'gallery.html'].map((page) => `${import.meta.dirname}/${page}`),
    },
  },
})
