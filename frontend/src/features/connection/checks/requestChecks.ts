/** Checks that a single request answers: is the server there, under which name, at which path, and what is its clock. */
import { formatMilliseconds, formatOffset } from '../../../chart/format.ts'
import {
  fail,
  pass,
  skip,
  warn,
  type Check,
  type CheckContext,
  type ConnectionAnswer,
  type Finding,
} from './check.ts'

/** Longer than this from the question to the answer, and the page feels slow. */
const slowMs = 1000
/** Clocks further apart than this make times on the page differ from those on the machine. */
const skewMs = 2000
const answerWithinMs = 10_000

export const serverCheck: Check = {
  id: 'server',
  title: 'Server',
  asks: 'does it answer, and how soon',
  async run(context) {
    const { base, clock, seen } = context
    const address = new URL('api/v1/connection', base)
    const [beganMs, began] = [clock.wallMs(), clock.monotonicMs()]
    let answer: Response
    try {
      answer = await ask(context, address)
    } catch {
      context.signal.throwIfAborted()
      return unreachable(context)
    }
    const tookMs = clock.monotonicMs() - began
    if (!answer.ok) return refused(answer)
    const told = answerOf(await answer.json().catch(() => undefined))
    if (!told) return fail('something else than Vitals answers at this address', 'base-path')
    seen.answer = told
    seen.answeredInMs = tookMs
    seen.askedAtMs = beganMs + tookMs / 2
    const hop = context.hopTo(address.href)
    if (hop !== undefined) seen.hop = hop
    const says = `answers in ${formatMilliseconds(tookMs)} over ${hopWords(hop, told.protocol)}`
    return tookMs > slowMs ? warn(says) : pass(says)
  },
}

function ask({ clock, fetch, signal }: CheckContext, address: URL): Promise<Response> {
  const ended = new AbortController()
  const stop = () => ended.abort(signal.reason)
  const takeBack = clock.after(answerWithinMs, () => ended.abort(new Error('no answer within 10 s')))
  signal.addEventListener('abort', stop, { once: true })
  return fetch(address, { cache: 'no-store', signal: ended.signal }).finally(() => {
    takeBack()
    signal.removeEventListener('abort', stop)
  })
}

/** A browser does not tell a page of another origin whether nobody answered or it was turned away. */
function unreachable({ servedPage }: CheckContext): Finding {
  if (servedPage) return fail('no answer')
  return fail('no answer: the server is down, or it does not allow pages from here', 'allow-origin')
}

async function refused(answer: Response): Promise<Finding> {
  const told = (await answer.json().catch(() => undefined)) as
    { error?: { field?: string; message?: string } } | undefined
  const { field, message } = told?.error ?? {}
  if (answer.status === 403 && field === 'Host') return fail(message ?? 'refused', 'allow-host')
  if (answer.status === 403 && field === 'Origin') return fail(message ?? 'refused', 'allow-origin')
  if (message !== undefined) return fail(message)
  return fail(`status ${answer.status}, and not from Vitals: something before it answers`, 'base-path')
}

function answerOf(value: unknown): ConnectionAnswer | undefined {
  const told = (value ?? {}) as Record<string, unknown>
  if (typeof told['serverTime'] !== 'number' || typeof told['host'] !== 'string') return undefined
  const text = (name: string) => (typeof told[name] === 'string' ? told[name] : '')
  return {
    address: text('address'),
    host: told['host'],
    origin: text('origin'),
    protocol: text('protocol'),
    forwardedFor: text('forwardedFor'),
    trustedProxy: told['trustedProxy'] === true,
    secure: told['secure'] === true,
    serverTimeMs: told['serverTime'] * 1000,
  }
}

const hopNames: Record<string, string> = {
  'http/1.0': 'HTTP/1.0',
  'http/1.1': 'HTTP/1.1',
  h2: 'HTTP/2',
  h3: 'HTTP/3',
}

/** `HTTP/2, HTTP/1.1 behind the proxy`: the hop that the browser sees, and the last one when that is another. */
function hopWords(hop: string | undefined, last: string): string {
  const first = hop === undefined ? last : (hopNames[hop] ?? hop)
  const lastHop = last === 'HTTP/2.0' ? 'HTTP/2' : last
  return first === lastHop ? first : `${first}, ${lastHop} behind the proxy`
}

export const namesCheck: Check = {
  id: 'names',
  title: 'Host and Origin',
  asks: 'do names and addresses come through as they are',
  run({ base, page, seen: { answer } }) {
    return Promise.resolve(answer ? judgeNames(answer, base, page) : skip('the server did not answer'))
  },
}

function judgeNames(answer: ConnectionAnswer, base: URL, page: URL): Finding {
  const asked = base.host
  if (answer.host !== asked && withoutPort(answer.host, base) !== withoutPort(asked, base))
    return warn(`the browser asks for ${asked}, the server hears ${answer.host}`, 'host-header')
  if (base.protocol === 'https:' && !answer.secure)
    return warn('the browser came by https, the server does not know', 'forwarded-proto')
  if (answer.forwardedFor !== '' && !answer.trustedProxy)
    return warn(
      `${answer.address} passes requests on and is not trusted: all viewers count as one`,
      'forwarded',
    )
  const from = page.origin === base.origin ? '' : `, pages from ${page.origin} are allowed`
  return pass(`${asked}, seen from ${answer.address}${from}`)
}

/** A proxy may leave out the port that the scheme implies. */
function withoutPort(host: string, base: URL): string {
  return host.replace(base.protocol === 'https:' ? /:443$/ : /:80$/, '').toLowerCase()
}

export const baseCheck: Check = {
  id: 'base',
  title: 'Base path',
  asks: 'does a deep link find its way back',
  async run(context) {
    if (!context.servedPage) return skip('the page does not come from this server')
    if (!context.seen.answer) return skip('the server did not answer')
    const address = new URL('hosts/-/deep', context.base)
    const answer = await ask(context, address).catch(() => undefined)
    context.signal.throwIfAborted()
    const html = await answer?.text().catch(() => '')
    const told = new DOMParser().parseFromString(html ?? '', 'text/html').querySelector('base')
    const leadsTo = new URL(told?.getAttribute('href') ?? '.', address).href
    if (answer && leadsTo === context.base.href) return pass(`${context.base.pathname}, at every depth`)
    return fail(`a page two levels down believes that the app is at ${leadsTo}`, 'base-path')
  },
}

export const clockCheck: Check = {
  id: 'clock',
  title: 'Clocks',
  asks: 'how far are the two machines apart',
  run({ seen: { answer, askedAtMs }, clockOffsetMs }) {
    if (!answer || askedAtMs === undefined) return Promise.resolve(skip('the server did not answer'))
    // The session asks again and again and believes the quickest answer; one question alone is rougher.
    const offset = clockOffsetMs() ?? answer.serverTimeMs - askedAtMs
    const says = `the server's clock differs from this one by ${formatOffset(offset)}`
    return Promise.resolve(Math.abs(offset) > skewMs ? warn(says, 'clock') : pass(says))
  },
}
