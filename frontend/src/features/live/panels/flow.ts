/** Panels of bytes that go two ways: what a machine receives and sends, reads and writes. */
import { colorAt, entriesOf, memberLabelled, membersOf, metricsOf, type Families } from './families.ts'
import type { ChartPanel, Color, EntryModel, LineModel, Member } from './model.ts'

/** More devices than this are drawn as one total: more lines could not be told apart. */
const mostDevicesAsLines = 4

interface Flow {
  /** The first direction goes up, the second down when the lines are mirrored. */
  totals: readonly [Total, Total]
  parts: readonly [string, string]
  key: string
  plural: string
  palette: readonly Color[]
  /** Totals too are drawn up and down, not one over the other. */
  mirrored: boolean
}

interface Total {
  family: string
  label: string
  /** What stands before its value. */
  mark: string
  color: Color
}

const network: Flow = {
  totals: [
    { family: 'network.receive', label: 'receive', mark: '↓', color: '--c2' },
    { family: 'network.transmit', label: 'transmit', mark: '↑', color: '--c4' },
  ],
  parts: ['network.interface.receive', 'network.interface.transmit'],
  key: 'interface',
  plural: 'interfaces',
  palette: ['--c2', '--c4', '--c1', '--c3'],
  mirrored: true,
}

const disk: Flow = {
  totals: [
    { family: 'disk.read', label: 'read', mark: 'read', color: '--c1' },
    { family: 'disk.write', label: 'write', mark: 'write', color: '--c3' },
  ],
  parts: ['disk.device.read', 'disk.device.write'],
  key: 'device',
  plural: 'devices',
  palette: ['--c1', '--c3', '--c2', '--c4'],
  mirrored: false,
}

export function networkPanel(families: Families): ChartPanel | undefined {
  const alarms = [
    { label: 'errors', metrics: metricsOf(families, 'network.interface.errors') },
    { label: 'drops', metrics: metricsOf(families, 'network.interface.drops') },
  ]
  const panel = flowPanel(families, network)
  return panel && { ...panel, id: 'network', title: 'Network', alarms }
}

export function diskPanel(families: Families): ChartPanel | undefined {
  const panel = flowPanel(families, disk)
  return panel && { ...panel, id: 'disk', title: 'Disk' }
}

function flowPanel(families: Families, flow: Flow): Omit<ChartPanel, 'id' | 'title'> | undefined {
  const devices = membersOf(families, flow.parts[0], flow.key)
  const apart = devices.length > 1 && devices.length <= mostDevicesAsLines
  const entries = apart ? deviceEntries(families, flow, devices) : totalEntries(families, flow)
  if (entries.length === 0) return undefined
  const totals = flow.totals.filter((total) => families.has(total.family))
  return {
    kind: 'chart',
    size: 'normal',
    unit: 'bytes/s',
    entries,
    now: [{ kind: 'rates', of: totals.map(({ family, mark }) => ({ metric: family, mark })) }],
    foot: apart ? [] : [{ kind: 'note', text: namesOf(devices, flow.plural) }],
  }
}

function totalEntries(families: Families, flow: Flow): EntryModel[] {
  const fill = flow.mirrored ? 0.2 : 0.12
  const [up, down] = flow.totals.map(({ family, label, color }) =>
    entriesOf(families, [[family, label, color, fill]]),
  )
  return [...(up ?? []), ...(down ?? []).map((entry) => (flow.mirrored ? downward(entry) : entry))]
}

function downward(entry: EntryModel): EntryModel {
  return { ...entry, lines: entry.lines.map((line) => ({ ...line, below: true })) }
}

function deviceEntries(families: Families, flow: Flow, devices: readonly Member[]): EntryModel[] {
  const [upFamily, downFamily] = flow.parts
  return devices.map(({ label }, index) => {
    const up = memberLabelled(families, upFamily, flow.key, label)
    const down = memberLabelled(families, downFamily, flow.key, label)
    const lines: LineModel[] = []
    if (up) lines.push({ metric: up.metric, fill: 0.16, mark: flow.mirrored ? '↓' : 'r' })
    if (down) lines.push({ metric: down.metric, fill: 0.16, below: true, mark: flow.mirrored ? '↑' : 'w' })
    return { label, color: colorAt(flow.palette, index), lines }
  })
}

function namesOf(devices: readonly Member[], plural: string): string {
  if (devices.length > mostDevicesAsLines) return `${devices.length} ${plural}`
  return devices.map((device) => device.label).join(', ')
}
