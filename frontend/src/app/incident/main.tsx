/** A saved incident: one file that holds its data and this page, and asks nobody for anything. */
import '../styles.css'
import { FileX2 } from 'lucide-react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Crosshair } from '../../chart/crosshair.ts'
import { FrameScheduler } from '../../chart/scheduler.ts'
import { ChartTheme, followPage } from '../../chart/theme.ts'
import { TimeWindow } from '../../chart/timeWindow.ts'
import { type Incident, incidentElement, readIncident } from '../../features/export/incidentFormat.ts'
import { type ExportServices, ExportServicesContext } from '../../features/export/services.ts'
import { useHiddenLines } from '../../features/live/hiddenLines.ts'
import { PanelExtrasContext } from '../../features/live/panelExtras.ts'
import { type LiveServices, LiveServicesContext } from '../../features/live/services.ts'
import type { Figures } from '../../series/figures.ts'
import { HostSeries } from '../../series/hostSeries.ts'
import { SavedPast } from '../../series/savedPast.ts'
import { StatePage } from '../../ui/StatePage.tsx'
import { panelExtras } from '../panelExtras.tsx'
import { IncidentPage } from './IncidentPage.tsx'

followColours()
const root = createRoot(document.getElementById('root') ?? document.body)
try {
  const saved = document.getElementById(incidentElement)?.textContent ?? 'null'
  const incident = readIncident(saved)
  root.render(<Opened incident={incident} {...open(incident)} />)
} catch (error) {
  const problem = error instanceof Error ? error.message : 'not known'
  root.render(
    <StatePage icon={<FileX2 className="size-6" />} title="Nothing to show">
      This page holds no incident: {problem}
    </StatePage>,
  )
}

type OpenedProps = ReturnType<typeof open> & { incident: Incident }

function Opened({ incident, live, exports, host, window }: OpenedProps) {
  return (
    <StrictMode>
      <LiveServicesContext value={live}>
        <ExportServicesContext value={exports}>
          <PanelExtrasContext value={panelExtras}>
            <IncidentPage incident={incident} host={host} window={window} />
          </PanelExtrasContext>
        </ExportServicesContext>
      </LiveServicesContext>
    </StrictMode>
  )
}

/** Puts what was saved in the place of what a server would tell. */
function open({ host: facts, interval, answer, hidden }: Incident) {
  const { from, to, step, series } = answer
  document.title = `${facts.name}, incident`
  const host = new HostSeries(facts, interval)
  host.applyCatalog({ type: 'catalog', host: facts.name, series: series.map((one) => one.series) })
  const past = new SavedPast(from, to, step, series)
  const window = new TimeWindow()
  window.limits.setOldest(facts.name, from)
  window.adopt({ mode: 'fixed', from, to })
  useHiddenLines.getState().replace(hidden)
  const chartTheme = new ChartTheme()
  followPage(chartTheme)
  const scheduler = new FrameScheduler(undefined, () => window.inGesture)
  const live: LiveServices = {
    scheduler,
    window,
    crosshair: new Crosshair(),
    chartTheme,
    past,
    serverSeconds: () => to,
    serverAddress: '',
    ownHost: () => undefined,
  }
  return { live, exports: { window, figures: figuresOf(past) } satisfies ExportServices, host, window }
}

function figuresOf(past: SavedPast): ExportServices['figures'] {
  return (_, { metrics, from, to }) => {
    const found = new Map<string, Figures>()
    for (const metric of metrics) {
      const figures = past.figures(metric, from, to)
      if (figures && figures.count > 0) found.set(metric, figures)
    }
    return Promise.resolve(found)
  }
}

function followColours(): void {
  const light = matchMedia('(prefers-color-scheme: light)')
  document.documentElement.dataset['theme'] = light.matches ? 'light' : 'dark'
}
