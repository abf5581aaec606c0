/** What is known of the connection, as pairs of a name and a value: for the page and for the report. */
import { formatClock, formatDuration } from '../../chart/format.ts'
import type { ServerAddress } from '../../transport/serverUrl.ts'
import type { ConnectionStatus } from '../../transport/connectionStatus.ts'
import type { Journal } from './journal.ts'
import { linkOf, reasonWords } from './link.ts'
import { paceWords } from './words.ts'

export interface Fact {
  name: string
  value: string
  /** All of it, where the value is cut short. */
  title?: string
}

/** Characters of an epoch that tell it from another. */
const epochLength = 8

export function factsOf(
  status: ConnectionStatus,
  journal: Pick<Journal, 'hello' | 'greetedAtMs' | 'reconnects'>,
  server: Pick<ServerAddress, 'base'>,
  nowMs: number,
): Fact[] {
  const { hello, greetedAtMs, reconnects } = journal
  const link = linkOf(status)
  const facts: Fact[] = [
    { name: 'Server', value: addressWords(server.base), title: server.base.href },
    { name: 'State', value: stateWords(status, greetedAtMs, nowMs) },
    { name: 'Transport', value: link.transport },
  ]
  if (link.why !== undefined) facts.push({ name: 'Because', value: link.why })
  facts.push({ name: 'Format', value: link.format }, { name: 'Reconnects', value: String(reconnects) })
  if (status.closeReason) facts.push({ name: 'Last end', value: status.closeReason })
  if (!hello) return facts
  return [
    ...facts,
    { name: 'Version', value: hello.server.version },
    { name: 'Protocol', value: `vitals.v${hello.protocol}` },
    { name: 'Epoch', value: hello.epoch.slice(0, epochLength), title: hello.epoch },
    { name: 'Measures', value: paceWords(hello.interval) },
    { name: 'Keeps', value: `${formatDuration(hello.backfill)} of the past` },
  ]
}

/** `vitals.example.org/vitals`: what tells one server from another. */
export function addressWords(base: URL): string {
  return base.host + base.pathname.replace(/\/$/, '')
}

function stateWords(status: ConnectionStatus, greetedAtMs: number, nowMs: number): string {
  if (status.state !== 'live') return reasonWords(status)
  const seconds = Math.max(0, (nowMs - greetedAtMs) / 1000)
  return `live since ${formatClock(greetedAtMs / 1000)}, ${formatDuration(seconds)}`
}
