import { useState, type ReactNode } from 'react'
import { formatAge, formatInstant } from '../../chart/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { classes } from '../../ui/classes.ts'
import type { KnownHost, Presence } from '../../series/seriesStore.ts'
import { useKnownHosts, useNow } from './services.ts'

/** More than this are folded away behind a button. */
const mostHosts = 12

export interface HostsPanelProps {
  /** The host whose values this page receives. */
  followed: string | undefined
  /** A link to the page of a host. */
  link: (name: string) => ReactNode
}

/** The machines that the server knows, and whether anything comes of them. */
export function HostsPanel({ followed, link }: HostsPanelProps) {
  const hosts = useKnownHosts()
  const [unfolded, setUnfolded] = useState(false)
  const nowMs = useNow()
  const shown = unfolded ? hosts : hosts.slice(0, mostHosts)
  return (
    <Panel title="Hosts" aside={countWords(hosts)}>
      <ul className="border-t border-line">
        {shown.map((note) => (
          <li key={note.host.name} className="flex items-baseline gap-3 border-b border-line py-[5px]">
            <Dot presence={note.presence} />
            <span className="min-w-0 truncate font-medium">{link(note.host.name)}</span>
            {note.host.name === followed && <span className="text-small text-mute">followed</span>}
            <span className={classes('ml-auto shrink-0 text-small', toneOf[note.presence])}>
              {stateWords(note, nowMs)}
            </span>
          </li>
        ))}
      </ul>
      {hosts.length > shown.length && (
        <button
          type="button"
          onClick={() => setUnfolded(true)}
          className="mt-2 self-start text-small text-accent hover:underline"
        >
          {`${hosts.length - shown.length} more`}
        </button>
      )}
    </Panel>
  )
}

const toneOf = { live: 'text-mute', silent: 'text-warn', gone: 'text-mute' } as const
const dotOf = { live: 'bg-live', silent: 'bg-warn', gone: 'border border-mute' } as const

function Dot({ presence }: { presence: Presence }) {
  return (
    <i
      aria-hidden="true"
      className={classes('size-1.5 shrink-0 self-center rounded-full', dotOf[presence])}
    />
  )
}

function stateWords({ presence, since }: KnownHost, nowMs: number): string {
  if (presence === 'live') return 'live'
  if (since === undefined) return presence
  return `${presence} since ${formatInstant(since, nowMs)}, ${formatAge(Math.max(0, nowMs / 1000 - since))}`
}

function countWords(hosts: readonly KnownHost[]): string {
  const count = (state: Presence) => hosts.filter((one) => one.presence === state).length
  const others = (['silent', 'gone'] as const).filter((state) => count(state) > 0)
  return [`${count('live')} live`, ...others.map((state) => `${count(state)} ${state}`)].join(', ')
}
