import type { TimeRange } from '../../chart/timeWindow.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { csvOf } from './csv.ts'
import { fileName, saveAddress, saveFile } from './fileName.ts'
import { fillPage, type Incident, pointsOfEach } from './incidentFormat.ts'
import { pictureOf } from './picture.ts'
import type { ExportSource } from './services.ts'
import type { ShownPanel } from './shownPanel.ts'

/** As many points as a chart draws. */
const drawnPoints = 1200

/** What is exported: some series of a host, or all of them, over a stretch of time. `title` names it. */
export interface Part {
  host: HostSeries
  range: TimeRange
  title: string
  /** Empty for all. */
  metrics: readonly string[]
}

/** Saves as CSV what a chart draws: samples, or buckets where there are too many of these. */
export async function saveDrawn(source: ExportSource, { host, range, title, metrics }: Part): Promise<void> {
  const answer = await source.answer(host, { metrics, ...range }, drawnPoints)
  const csv = new Blob([csvOf(answer)], { type: 'text/csv;charset=utf-8' })
  saveFile(fileName(host.host.name, title, range.from, 'csv'), csv)
}

/** Saves as CSV every sample: straight from the server, or what the page holds where that keeps none. */
export async function saveSamples(source: ExportSource, part: Part): Promise<void> {
  const { host, range, metrics } = part
  const address = source.samplesUrl(host, { metrics, ...range })
  if (address === undefined) return saveDrawn(source, part)
  saveAddress(address)
}

/** Saves the picture of the chart that an element stands beside. `ghost`: how many seconds earlier its faint lines are. */
export async function savePicture(
  beside: Element | null,
  panel: ShownPanel,
  { host, range }: Part,
  ghost: number,
): Promise<void> {
  const canvas = beside?.closest('section')?.querySelector('canvas')
  if (!canvas) throw new Error('There is no chart to make a picture of yet')
  const picture = await pictureOf(canvas, panel, host.host.name, range, ghost)
  saveFile(fileName(host.host.name, panel.title, range.from, 'png'), picture)
}

/** Saves all of a host in a page of its own, which needs no server. */
export async function saveIncident(
  source: ExportSource,
  { host, range }: Part,
  words: Pick<Incident, 'savedBy' | 'note' | 'hidden'>,
): Promise<void> {
  const points = pointsOfEach(host.columns.length + host.custom.length)
  const [page, answer] = await Promise.all([
    source.incidentPage(),
    source.answer(host, { metrics: [], ...range }, points),
  ])
  // What was asked for, and not the whole buckets that hold it.
  const incident = {
    ...words,
    host: host.host,
    interval: host.interval,
    answer: { ...answer, ...range },
    savedAt: Math.round(Date.now() / 1000),
    program: source.program(),
  }
  const file = new Blob([fillPage(page, incident)], { type: 'text/html;charset=utf-8' })
  saveFile(fileName(host.host.name, 'incident', range.from, 'html'), file)
}
