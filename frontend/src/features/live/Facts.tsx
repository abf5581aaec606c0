import type { ReactNode } from 'react'
import { formatBytes } from '../../chart/format.ts'
import type { Host } from '../../wire/types.gen.ts'
import { classes } from '../../ui/classes.ts'
import { useReadout } from './reading.ts'
import { formatUptime } from './uptime.ts'

export interface FactsProps {
  host: Host | undefined
  /** Stand before the facts, and on a phone alone. */
  notes: ReactNode
}

/** What is known of the machine and does not change, on one line; what has no room on it is left out. */
export function Facts({ host, notes }: FactsProps) {
  const facts = host ? factsOf(host) : []
  const onPhone = notes ? 'max-tablet:[&>*:not(:first-child)]:hidden' : 'max-tablet:hidden'
  return (
    <div
      className={classes(
        'mb-2 flex h-5 flex-wrap gap-x-5 overflow-hidden px-4 text-small leading-5 text-mute tablet:px-6',
        onPhone,
      )}
    >
      {notes}
      {facts.map((fact) => (
        <Fact key={fact.id} title={fact.title}>
          {fact.before} <Strong>{fact.text}</Strong>
        </Fact>
      ))}
      {host && <Uptime host={host} />}
      {host && facts.length === 0 && <Fact>nothing else is known of this machine</Fact>}
    </div>
  )
}

/** The same at the foot of a page that is too narrow for a line of them. */
export function FactsList({ host }: { host: Host }) {
  return (
    <dl className="col-span-full grid gap-y-1.5 border-t border-line pt-4 text-small empty:hidden tablet:hidden">
      <ListedFact name="System">{[host.os, host.kernel].filter(Boolean).join(', ')}</ListedFact>
      {factsOf(host).map((fact) => (
        <ListedFact key={fact.id} name={fact.name}>
          {fact.title ?? fact.text}
        </ListedFact>
      ))}
    </dl>
  )
}

function ListedFact({ name, children }: { name: string; children: string }) {
  if (children === '') return null
  return (
    <div className="flex justify-between gap-6">
      <dt className="text-mute">{name}</dt>
      <dd className="min-w-0 text-right wrap-anywhere whitespace-pre-line text-soft">{children}</dd>
    </div>
  )
}

interface FactModel {
  id: string
  /** In a list. */
  name: string
  /** On a line. */
  before?: string
  text: string
  title?: string
}

/** The facts of a host in the order of the page; unknown ones are left out. */
export function factsOf(host: Host): FactModel[] {
  const facts: FactModel[] = []
  const cores = host.cpuCount ? `${host.cpuCount} ×` : ''
  if (host.cpuModel)
    facts.push({
      id: 'cpu',
      name: 'Processor',
      before: cores,
      text: host.cpuModel,
      title: `${cores} ${host.cpuModel}`.trim(),
    })
  else if (host.cpuCount)
    facts.push({ id: 'cpu', name: 'Cores', before: 'cores', text: String(host.cpuCount) })
  if (host.memoryBytes) {
    const { text, unit } = formatBytes(host.memoryBytes)
    facts.push({ id: 'memory', name: 'Memory', before: 'memory', text: `${text} ${unit}` })
  }
  const [first, ...more] = host.addresses ?? []
  if (first !== undefined) {
    const text = more.length > 0 ? `${first} +${more.length}` : first
    facts.push({ id: 'address', name: 'Addresses', text, title: [first, ...more].join('\n') })
  }
  const build = [host.virtualization, host.architecture].filter(Boolean).join(', ')
  if (build) facts.push({ id: 'build', name: 'Platform', text: build })
  return facts
}

/**
 * How long the machine is up at the instant that the page shows. It ticks with the data and stands still with it. Of one
 * that only gets pushed values nobody says so.
 */
function Uptime({ host }: { host: Host }) {
  const text = useReadout((reader) => {
    if (host.bootTime === undefined && !reader.has('uptime')) return ''
    return formatUptime(reader.value('uptime') ?? reader.time - (host.bootTime ?? Number.NaN))
  }, '')
  if (text === '') return null
  return (
    <Fact>
      up <Strong>{text}</Strong>
    </Fact>
  )
}

function Fact({ children, title }: { children: ReactNode; title?: string | undefined }) {
  return (
    <span title={title} className="max-w-full truncate">
      {children}
    </span>
  )
}

function Strong({ children }: { children: ReactNode }) {
  return <b className="font-medium text-soft">{children}</b>
}
