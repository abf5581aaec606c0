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

/**
 * Has everything relative stay where it is when the app goes to another path: what the server injects is relative to the
 * path that was asked for, and at the root it injects nothing.
 */
export function pinBase(base: string, page: Document = document): void {
  const element = page.querySelector('base') ?? page.createElement('base')
  element.href = base
  if (!element.isConnected) page.head.prepend(element)
}
