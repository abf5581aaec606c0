/** The panels of families that a host has once. */
import { entriesOf, membersOf, type Families } from './families.ts'
import type { ChartPanel, HeatPanel } from './model.ts'
import type { Figure } from '../figure.ts'

export function cpuPanel(families: Families): ChartPanel | undefined {
  const modes = entriesOf(families, [
    ['cpu.user', 'user', '--c1', 0.2],
    ['cpu.system', 'system', '--c4', 0.2],
    ['cpu.iowait', 'iowait', '--c3', 0.2],
    ['cpu.steal', 'steal', '--c5', 0.2],
  ])
  const entries = modes.length > 0 ? modes : entriesOf(families, [['cpu', 'total', '--c1', 0.2]])
  if (entries.length === 0) return undefined
  const now: Figure[] = families.has('cpu') ? [{ kind: 'value', metric: 'cpu' }] : []
  return {
    kind: 'chart',
    id: 'cpu',
    title: 'CPU',
    size: 'tall',
    unit: 'percent',
    entries,
    stacked: true,
    ...(families.has('cpu') && { total: 'cpu' }),
    max: 100,
    now,
  }
}

export function coresPanel(families: Families): HeatPanel | undefined {
  const rows = membersOf(families, 'cpu.core', 'core')
  return rows.length === 0 ? undefined : { kind: 'heat', id: 'cores', title: 'Cores', rows }
}

export function memoryPanel(families: Families): ChartPanel | undefined {
  const entries = entriesOf(families, [
    ['memory.used', 'used', '--c1', 0.22],
    ['memory.cached', 'cached', '--c6', 0.16],
  ])
  if (entries.length === 0) return undefined
  const now: Figure = families.has('memory.total')
    ? { kind: 'part', metric: 'memory.used', whole: 'memory.total', joint: 'of' }
    : { kind: 'value', metric: 'memory.used' }
  const foot: Figure[] = []
  if (families.has('memory.available'))
    foot.push({ kind: 'value', metric: 'memory.available', after: 'available' })
  return {
    kind: 'chart',
    id: 'memory',
    title: 'Memory',
    size: 'normal',
    unit: 'bytes',
    entries,
    stacked: true,
    ceiling: 'memory',
    now: [now],
    foot,
    // A machine without swap keeps the line too: then it says so.
    bars: [{ label: 'swap', percent: 'swap', used: 'swap.used' }],
  }
}

export function loadPanel(families: Families): ChartPanel | undefined {
  const entries = entriesOf(families, [
    ['load.1m', '1 min', '--c6', 0.14],
    ['load.5m', '5 min', '--c1', 0],
    ['load.15m', '15 min', '--c4', 0],
  ])
  if (entries.length === 0) return undefined
  const processes: Figure[] = families.has('processes')
    ? [{ kind: 'value', metric: 'processes', before: '·', after: 'processes' }]
    : []
  return {
    kind: 'chart',
    id: 'load',
    title: 'Load',
    size: 'normal',
    unit: '',
    entries,
    ceiling: 'cores',
    now: [{ kind: 'value', metric: 'load.1m', before: '1 min' }],
    foot: [{ kind: 'note', text: 'dashed: cores' }, ...processes],
  }
}

export function pressurePanel(families: Families): ChartPanel | undefined {
  const entries = entriesOf(families, [
    ['pressure.cpu', 'cpu', '--c1', 0.1],
    ['pressure.memory', 'memory', '--c2', 0.1],
    ['pressure.io', 'io', '--c3', 0.1],
  ])
  if (entries.length === 0) return undefined
  const now: Figure[] = [{ kind: 'note', text: 'stalled, last 10 s' }]
  return { kind: 'chart', id: 'pressure', title: 'Pressure', size: 'normal', unit: 'percent', entries, now }
}
