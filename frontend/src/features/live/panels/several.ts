/** The panels of families that a host has several times: one line or one bar each. */
import { colorAt, inNaturalOrder, membersOf, type Families } from './families.ts'
import type { ChartPanel, Color, FilesystemModel, FilesystemsPanel } from './model.ts'

interface Several {
  family: string
  key: string
  id: string
  title: string
  unit: string
  palette: readonly Color[]
  max?: number
}

export function busyPanel(families: Families): ChartPanel | undefined {
  return linesPanel(families, {
    family: 'disk.device.busy',
    key: 'device',
    id: 'busy',
    title: 'Disk busy',
    unit: 'percent',
    palette: ['--c1', '--c3', '--c2', '--c4', '--c5', '--c6'],
    max: 100,
  })
}

export function temperaturePanel(families: Families): ChartPanel | undefined {
  return linesPanel(families, {
    family: 'temperature',
    key: 'sensor',
    id: 'temperature',
    title: 'Temperatures',
    unit: 'celsius',
    palette: ['--c5', '--c3', '--c4', '--c1', '--c2', '--c6'],
  })
}

/** One line a member; the largest is stated. */
function linesPanel(families: Families, several: Several): ChartPanel | undefined {
  const { family, key, palette, max, ...rest } = several
  const members = membersOf(families, family, key)
  if (members.length === 0) return undefined
  const fill = members.length > 1 ? 0 : 0.1
  return {
    kind: 'chart',
    size: 'normal',
    ...rest,
    ...(max === undefined ? {} : { max }),
    entries: members.map(({ metric, label }, index) => ({
      label,
      color: colorAt(palette, index),
      lines: [{ metric, fill }],
    })),
    now: [{ kind: 'peak', of: members }],
  }
}

export function filesystemsPanel(families: Families): FilesystemsPanel | undefined {
  const mounts = new Map<string, FilesystemModel>()
  const slots = [
    ['filesystem.used', 'used'],
    ['filesystem.total', 'total'],
    ['filesystem', 'percent'],
  ] as const
  for (const [family, slot] of slots) {
    for (const { metric, label } of membersOf(families, family, 'mount')) {
      mounts.set(label, { ...(mounts.get(label) ?? { mount: label }), [slot]: metric })
    }
  }
  if (mounts.size === 0) return undefined
  const filesystems = [...mounts.values()].sort((a, b) => inNaturalOrder(a.mount, b.mount))
  return { kind: 'filesystems', id: 'filesystems', title: 'File systems', filesystems }
}
