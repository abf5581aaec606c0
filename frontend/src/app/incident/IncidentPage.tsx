import { Maximize2, Moon, Sun } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import type { TimeWindow } from '../../chart/timeWindow.ts'
import type { Incident } from '../../features/export/incidentFormat.ts'
import { LivePage } from '../../features/live/LivePage.tsx'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Button } from '../../ui/Button.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { rangeWords, savedWords } from './words.ts'

export interface IncidentPageProps {
  incident: Incident
  host: HostSeries
  window: TimeWindow
}

/** A saved stretch of the past of a host, as the app would show it. */
export function IncidentPage({ incident, host, window }: IncidentPageProps) {
  const { answer, note, program } = incident
  const saved = savedWords(incident)
  return (
    <LivePage
      host={host}
      hosts={[]}
      pastHosts={[]}
      onHost={() => undefined}
      past
      stale={false}
      timeBar={<RangeButton window={window} from={answer.from} to={answer.to} />}
      badge={<span className="ml-auto" />}
      hold={<ThemeButton />}
      notes={
        <span className="max-w-full truncate text-soft" title={saved}>
          {saved}
        </span>
      }
      banner={note && <p className="col-span-full wrap-anywhere whitespace-pre-line">{note}</p>}
      footer={<span>{program}</span>}
    />
  )
}

function RangeButton({ window, from, to }: { window: TimeWindow; from: number; to: number }) {
  const view = useSyncExternalStore(window.subscribe, () => window.view)
  const whole = view.mode === 'fixed' && view.from === from && view.to === to
  const shown = view.mode === 'fixed' ? view : { from, to }
  return (
    <div className="order-last flex min-h-8 w-full min-w-0 items-center gap-3 tablet:order-none tablet:w-auto">
      <span className="truncate text-soft tabular-nums">{rangeWords(shown.from, shown.to)}</span>
      {!whole && (
        <Button onClick={() => window.show(from, to)}>
          <Maximize2 aria-hidden="true" className="size-3.5" />
          Whole range
        </Button>
      )}
    </div>
  )
}

function ThemeButton() {
  const flip = () => {
    const { dataset } = document.documentElement
    dataset['theme'] = dataset['theme'] === 'light' ? 'dark' : 'light'
  }
  return (
    <IconButton label="Dark or light" onClick={flip} className="size-8">
      <Sun aria-hidden="true" className="size-4 [[data-theme=light]_&]:hidden" />
      <Moon aria-hidden="true" className="hidden size-4 [[data-theme=light]_&]:block" />
    </IconButton>
  )
}
