/** Where the app finds its server. */
export interface ServerAddress {
  /** The base of the server, http or https, ending in a slash. */
  base: URL
  /** The address of the WebSocket. */
  socketUrl: string
  /** The server that the page came from is the one that it speaks to: a newer server means a newer page. */
  servedPage: boolean
}

/** An address that somebody typed and that cannot be one. */
export class ServerAddressError extends Error {
  override readonly name = 'ServerAddressError'
}

/** What is remembered of ?server=. localStorage fits, and may be absent: some browsers refuse it to some pages. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const memoryKey = 'vitals.server'

/**
 * Finds the server: ?server= of the page's address (remembered; empty forgets), else the remembered one, else
 * `built` (VITE_SERVER_URL at build time), else the base that the page was loaded from. Throws a ServerAddressError
 * that says what is wrong and what is allowed; a bad address is not remembered.
 */
export function resolveServer(page: URL, pageBase: string, built?: string, memory?: Memory): ServerAddress {
  const asked = page.searchParams.get('server')
  if (asked === '') forget(memory)
  const chosen = asked ?? recall(memory) ?? ''
  const wanted = chosen !== '' ? chosen : (built ?? '')
  const own = baseOf(new URL('.', pageBase))
  const base = wanted !== '' ? parse(wanted, page) : own
  if (asked !== null && asked !== '') remember(memory, asked)
  const socket = new URL('ws', base)
  socket.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
  return { base, socketUrl: socket.href, servedPage: base.href === own.href }
}

function parse(text: string, page: URL): URL {
  const url = toUrl(text.includes('://') ? text : `http://${text}`)
  if (url === undefined) throw bad(text, 'is not an address')
  const scheme = { 'http:': 'http:', 'https:': 'https:', 'ws:': 'http:', 'wss:': 'https:' }[url.protocol]
  if (scheme === undefined) throw bad(text, 'begins with something other than http, https, ws or wss')
  if (url.username !== '' || url.password !== '') throw bad(text, 'holds a user name or a password')
  const base = baseOf(new URL(scheme + url.href.slice(url.protocol.length)))
  if (page.protocol === 'https:' && base.protocol === 'http:' && !isLoopback(base.hostname)) {
    throw bad(text, 'is not encrypted, and browsers refuse that to a page that came over https; use https')
  }
  return base
}

function bad(text: string, problem: string): ServerAddressError {
  const shown = text.length > 100 ? `${text.slice(0, 100)}...` : text
  return new ServerAddressError(
    `The server address "${shown}" ${problem}. It is written like https://vitals.example/`,
  )
}

function toUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** The folder of an address, without query and fragment. */
function baseOf(url: URL): URL {
  const base = new URL(url)
  base.search = ''
  base.hash = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^127\.|^\[::1\]$/.test(hostname)
}

function recall(memory: Memory | undefined): string | undefined {
  try {
    return memory?.getItem(memoryKey) ?? undefined
  } catch {
    return undefined
  }
}

function remember(memory: Memory | undefined, address: string): void {
  try {
    memory?.setItem(memoryKey, address)
  } catch {
    // The address holds for this page all the same.
  }
}

function forget(memory: Memory | undefined): void {
  try {
    memory?.removeItem(memoryKey)
  } catch {
    // Nothing can have been remembered either.
  }
}
