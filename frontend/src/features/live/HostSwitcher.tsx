import { ChevronsUpDown, Server } from 'lucide-react'
import { formatInstant } from '../../chart/format.ts'
import type { KnownHost } from '../../series/seriesStore.ts'
import type { Host } from '../../wire/types.gen.ts'
import { Menu, type MenuItem } from '../../ui/Menu.tsx'

export interface HostSwitcherProps {
  host: Host | undefined
  hosts: readonly KnownHost[]
  /** Hosts of which only the recorded past is left, each with what is to be said of it. */
  pastHosts: readonly PastHostEntry[]
  onHost: (name: string) => void
}

export interface PastHostEntry {
  name: string
  /** `until 21 Nov 14:32`. */
  hint: string
}

/** The name of the machine with its system; a menu when the server knows several. */
export function HostSwitcher({ host, hosts, pastHosts, onHost }: HostSwitcherProps) {
  const items = [...hosts.map((one) => itemOf(one, host)), ...pastItems(pastHosts, host)]
  const system = [shortSystem(host?.os), host?.kernel].filter(Boolean).join(' · ')
  return (
    <div className="flex min-w-0 flex-1 items-center gap-4 tablet:min-w-24">
      {items.length > 1 ? (
        <Menu label={`Host ${host?.name ?? ''}, choose another`} items={items} onChoose={onHost}>
          <HostName host={host} />
          <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-mute" />
        </Menu>
      ) : (
        <span className="flex min-w-0 items-center gap-2.5">
          <HostName host={host} />
        </span>
      )}
      <small className="hidden min-w-0 truncate text-small text-mute desk:block" title={system}>
        {system}
      </small>
    </div>
  )
}

function HostName({ host }: { host: Host | undefined }) {
  return (
    <>
      <Server aria-hidden="true" className="size-5 shrink-0 text-soft" strokeWidth={1.7} />
      <span className="truncate text-title font-semibold tracking-[-0.01em]" title={host?.hostname}>
        {host?.name ?? '\u00a0'}
      </span>
    </>
  )
}

function itemOf(known: KnownHost, current: Host | undefined): MenuItem {
  const { host, presence } = known
  const live = presence === 'live'
  return {
    id: host.name,
    label: host.name,
    hint: live ? shortSystem(host.os) : absence(known, Date.now()),
    current: host.name === current?.name,
    tone: presence === 'silent' ? 'warn' : 'quiet',
    dimmed: !live,
  }
}

function pastItems(entries: readonly PastHostEntry[], current: Host | undefined): MenuItem[] {
  return entries.map(({ name, hint }, index) => ({
    id: name,
    label: name,
    hint,
    current: name === current?.name,
    dimmed: true,
    ...(index === 0 && { section: 'Only in the history' }),
  }))
}

/** `silent since 14:32:07`, `gone since 21 Nov 14:32`, in the viewer's zone. */
function absence({ presence, since }: Pick<KnownHost, 'presence' | 'since'>, nowMs: number): string {
  return since === undefined ? presence : `${presence} since ${formatInstant(since, nowMs)}`
}

/** `Debian GNU/Linux 12 (bookworm)` in as many words as a head has room for: `Debian 12`. */
export function shortSystem(os: string | undefined): string {
  return (os ?? '')
    .replace(/\s*\(.*\)/, '')
    .replace(/ GNU\/Linux| Linux/, '')
    .trim()
}
