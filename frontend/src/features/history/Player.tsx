import {
  ChevronsLeft,
  ChevronsRight,
  Pause,
  Play,
  StepBack,
  StepForward,
  type LucideIcon,
} from 'lucide-react'
import type { HostSeries } from '../../series/hostSeries.ts'
import { IconButton } from '../../ui/IconButton.tsx'
import { ScrubBar } from './ScrubBar.tsx'
import { useHistoryServices } from './services.ts'
import { goEarlier, goLater, speeds, stepSamples, togglePlay } from './travel.ts'
import { usePaused, useView } from './useShown.ts'

/** Moves through the past; its place is below everything else and always in reach. */
export function Player({ host }: { host: HostSeries }) {
  const { window, serverSeconds } = useHistoryServices()
  return (
    <>
      <div className="order-last mx-auto flex items-center gap-0.5 tablet:order-none tablet:mx-0 short:order-none short:mx-0">
        <PlayerButton
          icon={ChevronsLeft}
          label="One window earlier (<)"
          onClick={() => goEarlier(window, host)}
        />
        <PlayerButton
          icon={StepBack}
          label="One sample back (,)"
          onClick={() => stepSamples(window, host, -1)}
        />
        <PlayButton />
        <PlayerButton
          icon={StepForward}
          label="One sample on (.)"
          onClick={() => stepSamples(window, host, 1)}
        />
        <PlayerButton
          icon={ChevronsRight}
          label="One window later (>)"
          onClick={() => goLater(window, host, serverSeconds())}
        />
        <SpeedChoice />
      </div>
      <ScrubBar host={host} />
    </>
  )
}

function PlayButton() {
  const { window } = useHistoryServices()
  const view = useView()
  const paused = usePaused()
  const runs = view.mode === 'playing' && !paused
  const Icon = runs ? Pause : Play
  return (
    <button
      type="button"
      aria-label={runs ? 'Hold' : 'Play'}
      title={runs ? 'Hold (space)' : 'Play what is shown (space)'}
      onClick={() => togglePlay(window)}
      className="mx-1 grid size-10 shrink-0 place-items-center rounded-full bg-accent text-bg transition-opacity hover:opacity-90"
    >
      <Icon aria-hidden="true" className="size-4 fill-current" />
    </button>
  )
}

function PlayerButton({
  icon: Icon,
  label,
  onClick,
}: {
  icon: LucideIcon
  label: string
  onClick: () => void
}) {
  return (
    <IconButton label={label} onClick={onClick} className="size-9!">
      <Icon aria-hidden="true" className="size-4" />
    </IconButton>
  )
}

/** A list of the browser's own: six speeds side by side would take the room of the scrub bar. */
function SpeedChoice() {
  const { window } = useHistoryServices()
  const view = useView()
  const speed = view.mode === 'playing' ? view.speed : 1
  return (
    <select
      aria-label="Speed"
      title="How fast the past is played ( and )"
      value={speed}
      onChange={(event) => window.play(Number(event.target.value))}
      className="ml-1 h-8 rounded-[9px] border border-line2 bg-bg px-1.5 text-small text-soft"
    >
      {speeds.map((one) => (
        <option key={one} value={one}>{`${one}×`}</option>
      ))}
    </select>
  )
}
