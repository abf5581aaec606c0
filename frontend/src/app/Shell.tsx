import { Activity, Keyboard, Monitor, Moon, Sun } from 'lucide-react'
import { lazy, Suspense, useState, useSyncExternalStore, type ReactNode } from 'react'
import { IconButton } from '../ui/IconButton.tsx'
import { Logo } from './Logo.tsx'
import { useServices } from './services.ts'
import type { ThemeChoice } from './theme.ts'

const HelpDialog = lazy(() => import('../features/live/HelpDialog.tsx'))
const ServerDialog = lazy(() => import('../features/connect/ServerDialog.tsx'))

/** The dialogs that any part of the app can open. */
export type DialogName = 'help' | 'server'

export interface ShellProps {
  children: (open: (dialog: DialogName) => void) => ReactNode
}

/** The frame around every page: the rail at the left, and the dialogs. */
export function Shell({ children }: ShellProps) {
  const [dialog, setDialog] = useState<DialogName>()
  const close = () => setDialog(undefined)
  return (
    <div className="min-h-dvh tablet:grid tablet:grid-cols-[3.5rem_minmax(0,1fr)]">
      <Rail onHelp={() => setDialog('help')} />
      <div className="min-w-0">{children(setDialog)}</div>
      <Suspense>
        {dialog === 'help' && <HelpDialog onClose={close} />}
        {dialog === 'server' && <ServerDialog onClose={close} />}
      </Suspense>
    </div>
  )
}

function Rail({ onHelp }: { onHelp: () => void }) {
  return (
    <nav
      aria-label="Main"
      className="sticky top-0 hidden h-dvh flex-col items-center gap-1 border-r border-line bg-rail py-3 tablet:flex"
    >
      <Logo className="mt-1 mb-4 size-7 text-accent" />
      <span
        aria-current="page"
        title="Live"
        className="grid size-10 place-items-center rounded-[10px] bg-hover"
      >
        <Activity aria-label="Live" className="size-5" strokeWidth={1.7} />
      </span>
      <span className="flex-1" />
      <IconButton label="Keyboard (?)" onClick={onHelp}>
        <Keyboard className="size-5" strokeWidth={1.7} />
      </IconButton>
      <ThemeButton />
    </nav>
  )
}

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
