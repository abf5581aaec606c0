/**
 * Where the app lives. A server that is asked for a deep link injects <base href>, so that everything relative stays
 * right at any depth and under any sub-path; in development Vite serves the app at the root and injects nothing.
 */
export function baseOf(documentBase: string, development: boolean): string {
  if (development) return new URL('/', documentBase).href
  return new URL('.', documentBase).href
}

/** The path of a base as the router wants it: without a slash at the end, `/` for the root. */
export function routerPath(base: string): string {
  return new URL(base).pathname.replace(/\/+$/, '') || '/'
}
