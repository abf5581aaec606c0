import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const integration = 'src/**/*.integration.test.ts'

/** In milliseconds: ends what hangs. Properties are tried many times, and a busy machine is no fault. */
const testTimeout = 60_000

/** Two rooms: the engine needs no document, the app needs jsdom; the integration tests speak to the real server. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'engine',
          environment: 'node',
          include: ['src/{wire,transport,series,chart,api}/**/*.test.ts'],
          exclude: [integration],
          testTimeout,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'app',
          environment: 'jsdom',
          include: ['src/{ui,features,app}/**/*.test.{ts,tsx}'],
        },
      },
      {
        test: { name: 'integration', environment: 'node', include: [integration], testTimeout },
      },
    ],
  },
})
