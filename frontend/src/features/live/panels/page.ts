/** Which panels the page of a host has, in which order and how wide: a pure function of its catalogue. */
import type { Series } from '../../../wire/types.gen.ts'
import { familiesOf, type Families } from './families.ts'
import { diskPanel, networkPanel } from './flow.ts'
import type { NarrowSpan, Panel, PlacedPanel, Span } from './model.ts'
import { busyPanel, filesystemsPanel, temperaturePanel } from './several.ts'
import { coresPanel, cpuPanel, loadPanel, memoryPanel, pressurePanel } from './single.ts'

interface Builder {
  /** Begins every family that the panel shows. */
  families: RegExp
  build: (families: Families) => Panel | undefined
}

const builders: readonly Builder[] = [
  { families: /^cpu(\.(user|system|iowait|steal))?$/, build: cpuPanel },
  { families: /^cpu\.core$/, build: coresPanel },
  { families: /^(memory(\.(used|cached|available|total))?|swap(\.used)?)$/, build: memoryPanel },
  { families: /^network\.(interface\.)?(receive|transmit|errors|drops)$/, build: networkPanel },
  { families: /^disk\.(device\.)?(read|write)$/, build: diskPanel },
  { families: /^(load\.(1|5|15)m|processes)$/, build: loadPanel },
  { families: /^pressure\.(cpu|memory|io)$/, build: pressurePanel },
  { families: /^disk\.device\.busy$/, build: busyPanel },
  { families: /^temperature$/, build: temperaturePanel },
  { families: /^filesystem(\.(used|total))?$/, build: filesystemsPanel },
]

/** Families that the head and the footer of the page state. */
const statedElsewhere = /^(uptime|sensor\..*|vitals\..*)$/

/** The panels of a host. What no panel draws stands in a list at the end: nothing in the catalogue is lost. */
export function panelsOf(series: readonly Series[]): PlacedPanel[] {
  const families = familiesOf(series)
  const shown: RegExp[] = [statedElsewhere]
  const panels: Panel[] = []
  for (const builder of builders) {
    const panel = builder.build(families)
    if (!panel) continue
    panels.push(panel)
    shown.push(builder.families)
  }
  const rest = series.filter((one) => !shown.some((pattern) => pattern.test(one.family)))
  if (rest.length > 0) panels.push({ kind: 'other', id: 'other', title: 'Other series', series: rest })
  return place(panels)
}

/** Gives every panel its widths, so that each row of the twelve columns is full, with three panels in it or two. */
function place(panels: readonly Panel[]): PlacedPanel[] {
  const heads = panels.filter((panel) => panel.id === 'cpu' || panel.id === 'cores')
  const others = panels.filter((panel) => !heads.includes(panel))
  return [
    ...heads.map((panel, index) => ({
      ...panel,
      span: headSpan(index, heads.length),
      narrowSpan: 12 as const,
    })),
    ...others.map((panel, index) => ({ ...panel, ...otherSpans(index, others.length) })),
  ]
}

function headSpan(index: number, heads: number): Span {
  if (heads === 1) return 12
  return index === 0 ? 8 : 4
}

/** The last panel takes what its row has left. */
function otherSpans(index: number, count: number): { span: Span; narrowSpan: NarrowSpan } {
  if (index < count - 1) return { span: 4, narrowSpan: 6 }
  return { span: lastSpan(count), narrowSpan: count % 2 === 0 ? 6 : 12 }
}

function lastSpan(count: number): Span {
  const left = count % 3
  if (left === 1) return 12
  return left === 2 ? 8 : 4
}

/** Families that nearly every host has once, and those that it has several times, with the label that counts them. */
const expectedOnce = [
  ...['cpu', 'cpu.user', 'cpu.system', 'cpu.iowait', 'cpu.steal'],
  ...['memory', 'memory.used', 'memory.cached', 'memory.available', 'memory.total'],
  ...['network.receive', 'network.transmit', 'disk.read', 'disk.write'],
  ...['load.1m', 'load.5m', 'load.15m', 'processes', 'pressure.cpu', 'pressure.memory', 'pressure.io'],
]
const expectedOften = [
  ['cpu.core', 'core', '0'],
  ['disk.device.busy', 'device', '–'],
  ['filesystem', 'mount', '/'],
] as const

/** The page before its catalogue is there: the panels of nearly every host, in the places where they will be. */
export const expectedPanels: readonly PlacedPanel[] = panelsOf([
  ...expectedOnce.map((family) => ({ metric: family, family, unit: '', kind: 'gauge' })),
  ...expectedOften.map(([family, key, label]) => ({
    metric: `${family}{${key}=${label}}`,
    family,
    labels: { [key]: label },
    unit: '',
    kind: 'gauge',
  })),
])
