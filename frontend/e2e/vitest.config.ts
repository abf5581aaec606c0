import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The browser story: the real program, a real browser, and what a person would do. `npm run e2e -- -t words` tells a part. */
export default defineConfig({
  root: folder('.'),
  cacheDir: folder('../node_modules/.vite'),
  test: {
    include: ['stories/*.story.ts'],
    environment: 'node',
    globalSetup: folder('rig/beforeAll.ts'),
    reporters: ['verbose', folder('rig/closingLine.ts')],
    // Generous: what is waited for is polled, and comes sooner on a machine that has nothing else to do.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    expect: { poll: { timeout: 45_000, interval: 100 } },
    pool: 'forks',
    maxWorkers: 2,
  },
})
