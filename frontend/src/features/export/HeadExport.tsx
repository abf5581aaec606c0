import { Download } from 'lucide-react'
import { type SyntheticEvent, useId, useState } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Button } from '../../ui/Button.tsx'
import { Popover } from '../../ui/Popover.tsx'
import { incidentPointsOfSeries } from './incidentFormat.ts'
import { type Part, saveDrawn, saveIncident, saveSamples } from './save.ts'
import { type ExportSource, useExportServices } from './services.ts'
import { useTask } from './useTask.tsx'

export interface HeadExportProps {
  host: HostSeries | undefined
  /** The lines that are switched off, by panel: an incident is saved as it is seen. */
  hidden: Readonly<Record<string, readonly string[]>>
}

/** In the head of a page: saves all that it shows. */
export function HeadExport({ host, hidden }: HeadExportProps) {
  const { source } = useExportServices()
  if (!source || !host) return null
  return (
    <Popover
      label="Export"
      title="Save what is shown"
      className="relative shrink-0"
      buttonClass="grid size-8 place-items-center rounded-[9px] border border-line2 text-soft transition-colors hover:bg-hover hover:text-text"
      button={<Download aria-hidden="true" className="size-4" />}
      panelClass="right-0 w-[min(21rem,calc(100vw-2rem))] p-4"
    >
      {(close) => <ExportForm host={host} hidden={hidden} source={source} onDone={close} />}
    </Popover>
  )
}

interface ExportFormProps {
  host: HostSeries
  hidden: HeadExportProps['hidden']
  source: ExportSource
  onDone: () => void
}

const nameKey = 'vitals.saved-by'

function ExportForm({ host, hidden, source, onDone }: ExportFormProps) {
  const { window } = useExportServices()
  const [savedBy, setSavedBy] = useState(rememberedName)
  const [note, setNote] = useState('')
  const { busy, run, trouble } = useTask()
  const part = (): Part => ({ host, range: { ...window.range(host) }, title: 'all', metrics: [] })
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault()
    rememberName(savedBy)
    run(async () => {
      await saveIncident(source, part(), { savedBy: savedBy.trim(), note: note.trim(), hidden })
      onDone()
    })
  }
  return (
    <form onSubmit={onSubmit} className="grid gap-3">
      <div>
        <h2 className="font-semibold">Save incident</h2>
        <p className="mt-1 text-small text-soft">
          One page with all charts of {host.host.name} over the time that is shown. It opens in any browser,
          without a server. Each series has {incidentPointsOfSeries} points at most.
        </p>
      </div>
      <Field label="Your name (optional)" value={savedBy} maxLength={100} onChange={setSavedBy} />
      <Field label="What happened (optional)" value={note} maxLength={500} onChange={setNote} />
      <Button primary type="submit" disabled={busy}>
        {busy ? 'Saving …' : 'Save incident'}
      </Button>
      <div className="grid gap-2 border-t border-line pt-3">
        <h2 className="font-semibold">All series as CSV</h2>
        <div className="flex gap-2">
          <Button disabled={busy} className="flex-1" onClick={() => run(() => saveDrawn(source, part()))}>
            As drawn
          </Button>
          <Button disabled={busy} className="flex-1" onClick={() => run(() => saveSamples(source, part()))}>
            Every sample
          </Button>
        </div>
      </div>
      {trouble}
    </form>
  )
}

interface FieldProps {
  label: string
  value: string
  maxLength: number
  onChange: (value: string) => void
}

function Field({ label, value, maxLength, onChange }: FieldProps) {
  const id = useId()
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-small text-mute">
        {label}
      </label>
      <input
        id={id}
        value={value}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
        className="h-9 rounded-[9px] border border-line2 bg-bg px-2.5"
      />
    </div>
  )
}

function rememberedName(): string {
  try {
    return localStorage.getItem(nameKey) ?? ''
  } catch {
    return ''
  }
}

function rememberName(name: string): void {
  try {
    localStorage.setItem(nameKey, name)
  } catch {
    // It is asked for again.
  }
}
