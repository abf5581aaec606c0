import { Ellipsis, Table2 } from 'lucide-react'
import { useRef } from 'react'
import type { TimeWindow } from '../../chart/timeWindow.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { classes } from '../../ui/classes.ts'
import { Menu } from '../../ui/Menu.tsx'
import { type Part, saveDrawn, savePicture, saveSamples } from './save.ts'
import { type ExportSource, useExportServices } from './services.ts'
import type { ShownPanel } from './shownPanel.ts'
import { useTask } from './useTask.tsx'

export interface PanelToolsProps {
  panel: ShownPanel
  host: HostSeries
  tableOpen: boolean
  onTable: () => void
}

/** Beside the title of a chart: opens its table, and exports what it shows. */
export function PanelTools({ panel, host, tableOpen, onTable }: PanelToolsProps) {
  const { window, source } = useExportServices()
  const place = useRef<HTMLDivElement>(null)
  const { run, trouble } = useTask()
  const save = (from: ExportSource, kind: string) => {
    const metrics = panel.lines.map((line) => line.metric)
    const part: Part = { host, range: { ...window.range(host) }, title: panel.title, metrics }
    if (kind === 'png') run(() => savePicture(place.current, panel, part, ghostIn(window, host)))
    if (kind === 'drawn') run(() => saveDrawn(from, part))
    if (kind === 'samples') run(() => saveSamples(from, part))
  }
  return (
    <div ref={place} className="-my-1 flex shrink-0 items-center gap-1 self-start">
      <button
        type="button"
        aria-expanded={tableOpen}
        aria-label={`Table of ${panel.title}`}
        title={tableOpen ? 'Hide the table' : 'Show the figures in a table'}
        onClick={onTable}
        className={classes(
          'grid size-7 place-items-center rounded-lg transition-colors hover:bg-hover hover:text-text',
          tableOpen ? 'text-accent' : 'text-mute',
        )}
      >
        <Table2 aria-hidden="true" className="size-3.5" />
      </button>
      {source && (
        <Menu label={`Export ${panel.title}`} items={items} onChoose={(kind) => save(source, kind)}>
          <Ellipsis aria-hidden="true" className="size-3.5 text-mute" />
        </Menu>
      )}
      {trouble}
    </div>
  )
}

/** How many seconds earlier the faint picture is; 0 where nothing was recorded then. */
function ghostIn(window: TimeWindow, host: HostSeries): number {
  const { ghost, limits } = window
  return window.range(host).to - ghost < limits.oldest(host) ? 0 : ghost
}

const items = [
  { id: 'png', label: 'Save as a picture', hint: 'PNG' },
  { id: 'drawn', label: 'Save what is drawn', hint: 'CSV' },
  { id: 'samples', label: 'Save every sample', hint: 'CSV' },
]
