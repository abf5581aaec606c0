import { Pause, Play } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Kbd } from '../../ui/Kbd.tsx'
import { useLiveServices } from './services.ts'

/** Holds the picture still, or lets it run. Data goes on collecting behind it. */
export function PauseButton() {
  const { window } = useLiveServices()
  const paused = useSyncExternalStore(window.subscribe, () => window.paused)
  const Icon = paused ? Play : Pause
  return (
    <Button
      aria-pressed={paused}
      aria-label={paused ? 'Resume' : 'Pause'}
      title={paused ? 'Resume the picture (space)' : 'Hold the picture still (space)'}
      onClick={() => (paused ? window.resume() : window.pause())}
      className={paused ? 'border-accent! text-accent!' : ''}
    >
      <Icon aria-hidden="true" className="size-3.5" />
      <span className="hidden w-[3.2rem] text-left desk:inline">{paused ? 'Resume' : 'Pause'}</span>
      <span className="hidden desk:inline">
        <Kbd>space</Kbd>
      </span>
    </Button>
  )
}
