import { Link } from '@tanstack/react-router'
import { Activity, Cable, Keyboard, Monitor, Moon, Sun, type LucideIcon } from 'lucide-react'
import { Suspense, useState, useSyncExternalStore, type ReactNode } from 'react'
import { IconButton } from '../ui/IconButton.tsx'
import { lazyPart } from '../ui/lazyPart.tsx'
import { Logo } from './Logo.tsx'
import { connectionSearch, searchOf, type Search } from './search.ts'
import { useServices } from './services.ts'
import type { ThemeChoice } from './theme.ts'

const HelpDialog = lazyPart(async () => ({ default: (await import('./dialogs.ts')).HelpDialog }))
const ServerDialog = lazyPart(async () => ({ default: (await import('./dialogs.ts')).ServerDialog }))

/** The dialogs that any part of the app can open. */
export type DialogName = 'help' | 'server'

/** The pages that the rail leads to. */
type PageName = 'live' | 'connection'

export interface ShellProps {
  page: PageName
  /** The host of the address; both pages are about it. */
  host: string | undefined
  children: (open: (dialog: DialogName) => void) => ReactNode
}

/** The frame around every page: the rail at the left, and the dialogs. */
export function Shell({ page, host, children }: ShellProps) {
  const [dialog, setDialog] = useState<DialogName>()
  const close = () => setDialog(undefined)
  return (
    <div className="min-h-dvh tablet:grid tablet:grid-cols-[3.5rem_minmax(0,1fr)]">
      <Rail page={page} host={host} onHelp={() => setDialog('help')} />
      <div className="min-w-0">{children(setDialog)}</div>
      <Suspense>
        {dialog === 'help' && <HelpDialog onClose={close} />}
        {dialog === 'server' && <ServerDialog onClose={close} />}
      </Suspense>
    </div>
  )
}

function Rail({ page, host, onHelp }: { page: PageName; host: string | undefined; onHelp: () => void }) {
  return (
    <nav
      aria-label="Main"
      className="sticky top-0 hidden h-dvh flex-col items-center gap-1 border-r border-line bg-rail py-3 tablet:flex"
    >
      <Logo className="mt-1 mb-4 size-7 text-accent" />
      <LiveLink host={host} className={railEntry} current={page === 'live'}>
        <RailIcon icon={Activity} label="Live" />
      </LiveLink>
      <ConnectionLink host={host} className={railEntry} current={page === 'connection'}>
        <RailIcon icon={Cable} label="Connection (c)" />
      </ConnectionLink>
      <span className="flex-1" />
      <IconButton label="Keyboard (?)" onClick={onHelp}>
        <Keyboard className="size-5" strokeWidth={1.7} />
      </IconButton>
      <ThemeButton />
    </nav>
  )
}

const railEntry =
  'grid size-10 place-items-center rounded-[10px] text-mute transition-colors hover:bg-hover hover:text-text aria-[current=page]:bg-hover aria-[current=page]:text-text'

function RailIcon({ icon: Icon, label }: { icon: LucideIcon; label: string }) {
  return (
    <>
      <Icon aria-hidden="true" className="size-5" strokeWidth={1.7} />
      <span className="sr-only">{label}</span>
    </>
  )
}

export interface PageLinkProps {
  host: string | undefined
  className?: string
  current?: boolean
  /** Shown when the pointer rests on it. */
  title?: string
  children: ReactNode
}

/** To the values of a host; undefined for the server's own. */
export function LiveLink({ host, current = false, ...rest }: PageLinkProps) {
  const mark = current ? ({ 'aria-current': 'page' } as const) : {}
  const search = (old: Search) => searchOf({ ...old })
  if (host === undefined) return <Link to="/" search={search} activeProps={noMark} {...mark} {...rest} />
  return <Link to="/hosts/$host" params={{ host }} search={search} activeProps={noMark} {...mark} {...rest} />
}

/** To the Connection page, which goes on following the host. */
export function ConnectionLink({ host, current = false, ...rest }: PageLinkProps) {
  const mark = current ? ({ 'aria-current': 'page' } as const) : {}
  return (
    <Link
      to="/connection"
      search={(old: Search) => connectionSearch(old, host)}
      activeProps={noMark}
      {...mark}
      {...rest}
    />
  )
}

/** The router would mark links by itself, those of sub-pages too. */
const noMark = { 'aria-current': undefined }

const themeIcon = { dark: Moon, light: Sun, system: Monitor } as const
const themeWord: Record<ThemeChoice, string> = { dark: 'dark', light: 'light', system: 'as the system' }

/** Goes through light, dark and what the system prefers. */
export function ThemeButton() {
  const { theme } = useServices()
  const choice = useSyncExternalStore(theme.subscribe, () => theme.choice)
  const Icon = themeIcon[choice]
  return (
    <IconButton label={`Theme: ${themeWord[choice]} (t)`} onClick={() => theme.next()}>
      <Icon className="size-5" strokeWidth={1.7} />
    </IconButton>
  )
}
