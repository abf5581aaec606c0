import { Suspense, useMemo } from 'react'
import type { ShownPanel } from '../features/export/shownPanel.ts'
import { useHiddenLines } from '../features/live/hiddenLines.ts'
import { useOpenTables } from '../features/live/openTables.ts'
import type { DrawnPanel, PanelExtras } from '../features/live/panelExtras.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { lazyPart } from '../ui/lazyPart.tsx'

const PanelTools = lazyPart(async () => ({
  default: (await import('../features/export/exportParts.ts')).PanelTools,
}))
const SummaryTable = lazyPart(async () => ({
  default: (await import('../features/export/exportParts.ts')).SummaryTable,
}))

/** What stands at every panel with a picture beside what the panel itself shows: its table and what it can be saved as. */
export const panelExtras: PanelExtras = {
  tools: (panel, host) => <Tools panel={panel} host={host} />,
  below: (panel, host) => <Below panel={panel} host={host} />,
}

interface ExtraProps {
  panel: DrawnPanel
  host: HostSeries
}

function Tools({ panel, host }: ExtraProps) {
  const shown = useShownPanel(panel)
  const open = useOpenTables((tables) => tables.panels.includes(panel.id))
  const toggle = useOpenTables((tables) => tables.toggle)
  return (
    <Suspense>
      <PanelTools panel={shown} host={host} tableOpen={open} onTable={() => toggle(panel.id)} />
    </Suspense>
  )
}

function Below({ panel, host }: ExtraProps) {
  const shown = useShownPanel(panel)
  const open = useOpenTables((tables) => tables.panels.includes(panel.id))
  if (!open) return null
  return (
    <Suspense>
      <SummaryTable panel={shown} host={host} />
    </Suspense>
  )
}

function useShownPanel(panel: DrawnPanel): ShownPanel {
  const hidden = useHiddenLines((lines) => lines.byPanel[panel.id])
  return useMemo(() => shownPanelOf(panel, hidden ?? []), [panel, hidden])
}

/**
 * The lines of a panel that are switched on; where an entry has two, each with what tells it from the other. Of a heat
 * strip all rows.
 */
function shownPanelOf(panel: DrawnPanel, hidden: readonly string[]): ShownPanel {
  const { id, title } = panel
  if (panel.kind === 'heat') {
    const cores = panel.rows.map(({ metric, label }) => ({ metric, label: `core ${label}` }))
    return { id, title, unit: 'percent', lines: cores }
  }
  const lines = panel.entries
    .filter((entry) => !hidden.includes(entry.label))
    .flatMap(({ label, color, lines: own }) =>
      own.map(({ metric, mark }) => ({
        metric,
        label: mark === undefined ? label : `${label} ${mark}`,
        color,
      })),
    )
  return { id, title, unit: panel.unit, lines }
}
