/** The whole page as plain text: to be pasted into a ticket. */
import { formatMilliseconds, formatOffset, formatRate } from '../../chart/format.ts'
import type { KnownHost } from '../../series/seriesStore.ts'
import type { ServerAddress } from '../../transport/serverUrl.ts'
import type { ConnectionStatus } from '../../transport/connectionStatus.ts'
import type { Verdict } from './checks/check.ts'
import { remedyOf, type RemedyNames } from './checks/remedies.ts'
import type { Step } from './checks/checkRun.ts'
import { medianDelay } from './figures.ts'
import { factsOf, type Fact } from './facts.ts'
import type { Journal } from './journal.ts'
import { browserWords, gapWords } from './words.ts'

export interface ReportSource {
  status: ConnectionStatus
  journal: Journal
  server: ServerAddress
  hosts: readonly KnownHost[]
  steps: readonly Step[]
  names: RemedyNames
  /** The address of the page and the browser that shows it. */
  page: string
  agent: string
  nowMs: number
}

const marks: Record<Verdict, string> = { pass: 'ok  ', warn: 'warn', fail: 'FAIL', skip: '-   ' }

/** Times in it are UTC: whoever reads it may live elsewhere. */
export function reportText(source: ReportSource): string {
  const { status, journal, server, steps, names, nowMs } = source
  return [
    `Vitals connection report, ${utc(nowMs)}`,
    '',
    ...aligned([
      { name: 'Page', value: source.page },
      { name: 'Browser', value: browserWords(source.agent) },
      ...factsOf(status, journal, server, nowMs),
      ...figures(status, journal),
    ]),
    ...section(
      'Hosts',
      source.hosts.map(({ host, presence, since }) => `${host.name}: ${presence}${sinceWords(since)}`),
    ),
    ...section(
      'Gaps',
      journal.gaps.map((gap) => `${utc(gap.atMs)}  ${gapWords(gap)}`),
    ),
    ...section(
      'Checks',
      steps.flatMap((step) => stepLines(step, names)),
    ),
    '',
  ].join('\n')
}

function figures(status: ConnectionStatus, journal: Journal): Fact[] {
  const rate = formatRate(status.bytesPerSecond)
  return [
    { name: 'Round trip', value: formatMilliseconds(status.roundTripMs) },
    { name: 'Clock', value: formatOffset(status.clockOffsetMs) },
    { name: 'Arrival', value: `${formatMilliseconds(medianDelay(journal))} after the measurement (median)` },
    { name: 'Rate', value: `${rate.text} ${rate.unit}, ${journal.framesPerSecond().toFixed(1)} frames/s` },
    { name: 'Dropped', value: `${status.dropped} updates in ${journal.gaps.length} gaps` },
  ]
}

function stepLines({ check, finding }: Step, names: RemedyNames): string[] {
  if (!finding) return [`-     ${check.title}: not run`]
  const line = `${marks[finding.verdict]}  ${check.title}: ${finding.says}`
  if (!finding.remedy) return [line]
  const { says, tabs } = remedyOf(finding.remedy, names)
  const lines = tabs.flatMap((tab) => [`${tab.label}:`, ...tab.lines.split('\n').map((one) => `  ${one}`)])
  return [line, ...[says, ...lines].map((one) => `        ${one}`)]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function aligned(facts: readonly Fact[]): string[] {
  const width = Math.max(...facts.map(({ name }) => name.length))
  return facts.map(({ name, value, title }) => `${name.padEnd(width)}  ${title ?? value}`)
}

function sinceWords(since: number | undefined): string {
  return since === undefined ? '' : ` since ${utc(since * 1000)}`
}

function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
