import type { Series } from '../../src/wire/types.gen.ts'
import type { FakeMachine } from './fakeServer.ts'

const gib = 1024 ** 3

/** A series of the fake machines. */
export function series(metric: string, unit: string, labels?: Record<string, string>): Series {
  const family = metric.replace(/\{.*/, '')
  return { metric, family, unit, kind: 'gauge', ...(labels && { labels }) }
}

function labelled(family: string, key: string, value: string, unit: string): Series {
  return series(`${family}{${key}=${value}}`, unit, { [key]: value })
}

/** What every fake machine has, with so many cores: in all, 44 series and one a core. */
function usualSeries(cores: number): Series[] {
  const percent = ['cpu', 'cpu.user', 'cpu.system', 'cpu.iowait', 'cpu.steal', 'memory', 'swap']
  const pressures = ['pressure.cpu', 'pressure.memory', 'pressure.io']
  const bytes = ['memory.used', 'memory.available', 'memory.cached', 'memory.total', 'swap.used']
  const rates = ['disk.read', 'disk.write', 'network.receive', 'network.transmit']
  const loads = ['load.1m', 'load.5m', 'load.15m']
  return [
    ...[...percent, ...pressures].map((metric) => series(metric, 'percent')),
    ...bytes.map((metric) => series(metric, 'bytes')),
    ...rates.map((metric) => series(metric, 'bytes/s')),
    ...loads.map((metric) => series(metric, '')),
    ...['sda', 'sdb'].flatMap((disk) => [
      labelled('disk.device.read', 'device', disk, 'bytes/s'),
      labelled('disk.device.write', 'device', disk, 'bytes/s'),
      labelled('disk.device.busy', 'device', disk, 'percent'),
    ]),
    ...['eth0', 'eth1'].flatMap((name) => [
      labelled('network.interface.receive', 'interface', name, 'bytes/s'),
      labelled('network.interface.transmit', 'interface', name, 'bytes/s'),
      labelled('network.interface.errors', 'interface', name, '1/s'),
    ]),
    ...['/', '/srv'].flatMap((mount) => [
      labelled('filesystem', 'mount', mount, 'percent'),
      labelled('filesystem.used', 'mount', mount, 'bytes'),
      labelled('filesystem.total', 'mount', mount, 'bytes'),
    ]),
    labelled('temperature', 'sensor', 'package', 'celsius'),
    series('processes', 'count'),
    series('uptime', 'seconds'),
    series('vitals.memory', 'bytes'),
    ...Array.from({ length: cores }, (_, core) => labelled('cpu.core', 'core', String(core), 'percent')),
  ]
}

/** Waves of several lengths, so that every line moves; amounts that fit their unit. */
function wave(one: Series, index: number, tick: number): number {
  const swing = (1 + Math.sin(tick / (7 + index) + index)) / 2
  switch (one.unit) {
    case 'percent':
      return Math.round(swing * 240) / 10
    case 'bytes':
      return one.family.endsWith('total') ? 32 * gib : Math.round((2 + swing) * gib)
    case 'bytes/s':
      return Math.round(swing * 4e7)
    case 'seconds':
      return tick
    default:
      return Math.round(swing * 800) / 100
  }
}

/** A machine with so many cores, of which some may be busy all the time, the first of them most. */
export function fakeMachine(cores: number, past: number, interval = 1, busy: number[] = []): FakeMachine {
  const all = usualSeries(cores)
  const load = new Map(busy.map((core, index) => [`cpu.core{core=${core}}`, index === 0 ? 100 : 98]))
  return {
    host: {
      name: 'fake-1',
      hostname: 'fake-1',
      os: 'Debian GNU/Linux 12 (bookworm)',
      kernel: 'Linux 6.1.0',
      cpuModel: 'Imaginary 9000',
      cpuCount: cores,
      memoryBytes: 32 * gib,
    },
    series: all,
    interval,
    past,
    values: (tick) => all.map((one, index) => load.get(one.metric) ?? wave(one, index, tick)),
  }
}
