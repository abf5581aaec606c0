import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const fromFrontend = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The program, with the app inside: VITALS_BINARY, else what `make build` leaves. */
export const binary = process.env['VITALS_BINARY'] ?? fromFrontend('../bin/vitals')
/** The built app on its own: VITALS_APP, else what `make build` leaves. */
export const builtApp = process.env['VITALS_APP'] ?? fromFrontend('dist')
/** The browser: CHROMIUM, else Debian's. */
export const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
export const nginxConfig = fromFrontend('../deploy/nginx/vitals.conf')
export const staticHostScript = fromFrontend('scripts/static-host.mjs')
/** Where a failed story leaves its screenshots and what the console said. */
export const results = fromFrontend('test-results')
/** The pictures of the README. */
export const pictures = fromFrontend('../docs/pictures')

/** Says in one line what is missing, rather than failing in every story. */
export function checkPlaces(): void {
  const needed = {
    [binary]: 'make build',
    [`${builtApp}/index.html`]: 'make build',
    [chromiumPath]: 'apt-get install chromium',
  }
  for (const [path, remedy] of Object.entries(needed)) {
    if (!existsSync(path)) throw new Error(`${path} does not exist: ${remedy}`)
  }
}
