/** Every kind of chart on invented data, to be looked at. `?theme=light`, `?span=60`, `?live` ticks on. */
import { Crosshair } from '../src/chart/crosshair.ts'
import { HeatStrip } from '../src/chart/heatStrip.ts'
import { LiveChart, type ChartOptions, type Line } from '../src/chart/liveChart.ts'
import { FrameScheduler } from '../src/chart/scheduler.ts'
import type { ChartServices } from '../src/chart/services.ts'
import { Sparkline } from '../src/chart/sparkline.ts'
import { ChartTheme, followPage } from '../src/chart/theme.ts'
import { TimeWindow } from '../src/chart/timeWindow.ts'
import { noPast } from '../src/series/testing/noPast.ts'
import type { Unit } from '../src/chart/format.ts'
import { SyntheticHost, type Invented } from './synthetic.ts'

const query = new URLSearchParams(location.search)
document.documentElement.dataset['theme'] = query.get('theme') ?? 'dark'

const gibibyte = 2 ** 30
const invented: Invented[] = [
  { metric: 'cpu.user', unit: 'percent', base: 20, wobble: 9, spike: 45 },
  { metric: 'cpu.system', unit: 'percent', base: 8, wobble: 4, spike: 20 },
  { metric: 'cpu.iowait', unit: 'percent', base: 2.5, wobble: 2, spike: 10 },
  { metric: 'cpu.steal', unit: 'percent', base: 0.5, wobble: 0.5 },
  { metric: 'memory.used', unit: 'bytes', base: 14 * gibibyte, wobble: 0.25 * gibibyte },
  { metric: 'memory.cached', unit: 'bytes', base: 6 * gibibyte, wobble: 0.2 * gibibyte },
  { metric: 'network.receive', unit: 'bytes/s', base: 40e6, wobble: 14e6, spike: 50e6 },
  { metric: 'network.transmit', unit: 'bytes/s', base: 9e6, wobble: 6e6 },
  { metric: 'disk.read', unit: 'bytes/s', base: 12e6, wobble: 9e6 },
  { metric: 'disk.write', unit: 'bytes/s', base: 26e6, wobble: 12e6, spike: 45e6 },
  { metric: 'pressure.cpu', unit: 'percent', base: 4, wobble: 2, spike: 8 },
  { metric: 'pressure.memory', unit: 'percent', base: 0.1, wobble: 0.2 },
  { metric: 'pressure.io', unit: 'percent', base: 2, wobble: 1.5, spike: 9 },
  { metric: 'load.1m', unit: '', base: 1.8, wobble: 0.2 },
  { metric: 'temperature{sensor=package}', unit: 'celsius', base: 58, wobble: 6, every: 10 },
  { metric: 'temperature{sensor=nvme}', unit: 'celsius', base: 41, wobble: 3, every: 10 },
  ...Array.from({ length: 128 }, (_, core) => ({
    metric: `cpu.core{core=${core}}`,
    unit: 'percent',
    base: core === 3 ? 62 : 8 + ((core * 7) % 22),
    wobble: 16,
    spike: core % 5 === 3 ? 62 : 0,
  })),
]

const host = new SyntheticHost(invented, 1, 1_700_000_000)
host.tick(560)
host.skip(14)
host.tick(286)

const services: ChartServices = {
  host: host.series,
  past: noPast,
  window: new TimeWindow(Number(query.get('span') ?? 300)),
  crosshair: new Crosshair(),
  theme: new ChartTheme(),
  scheduler: new FrameScheduler(),
}
followPage(services.theme)
services.scheduler.mark({ draw: () => void (document.documentElement.dataset['ready'] = '1') })

const gallery = document.getElementById('gallery')!

function place(title: string, className: string): HTMLCanvasElement {
  const section = document.createElement('section')
  section.className = className
  const heading = document.createElement('h2')
  heading.textContent = title
  const canvas = document.createElement('canvas')
  section.append(heading, canvas)
  gallery.append(section)
  return canvas
}

function line(metric: string, color: string, fill = 0, below = false): Line {
  return { column: host.series.column(metric)!, label: metric, color, fill, below }
}

const charts: LiveChart[] = []

function chart(title: string, className: string, options: Omit<ChartOptions, 'label'>): void {
  charts.push(new LiveChart(place(title, className), services, { ...options, label: title }))
}

function sparkline(metric: string, color: string, unit: Unit, ceiling?: number): void {
  const columns = [host.series.column(metric)!]
  const options = { columns, color, unit, height: 30 }
  const canvas = place(metric, 'tile')
  new Sparkline(canvas, services, ceiling === undefined ? options : { ...options, ceiling: () => ceiling })
}

function cores(count: number, height: number): void {
  const rows = host.series
    .byFamily('cpu.core')
    .slice(0, count)
    .map((column, index) => ({ column, label: String(index) }))
  new HeatStrip(place(`${count} cores`, ''), services, { rows, unit: 'percent', height, label: 'Cores' })
}

sparkline('cpu.user', '--c1', 'percent', 60)
sparkline('memory.used', '--c1', 'bytes', 24 * gibibyte)
sparkline('load.1m', '--c6', '')
sparkline('network.receive', '--c2', 'bytes/s')
sparkline('disk.write', '--c3', 'bytes/s')
sparkline('temperature{sensor=package}', '--c5', 'celsius', 100)
chart('CPU', 'wide', {
  lines: [
    line('cpu.user', '--c1', 0.2),
    line('cpu.system', '--c4', 0.2),
    line('cpu.iowait', '--c3', 0.2),
    line('cpu.steal', '--c5', 0.2),
  ],
  stacked: true,
  unit: 'percent',
  max: 100,
  height: 230,
})
cores(16, 230)
chart('Memory', '', {
  lines: [line('memory.used', '--c1', 0.22), line('memory.cached', '--c6', 0.16)],
  stacked: true,
  unit: 'bytes',
  ceiling: (own) => own.host.memoryBytes ?? 0,
  height: 150,
})
chart('Network', '', {
  lines: [line('network.receive', '--c2', 0.2), line('network.transmit', '--c4', 0.2, true)],
  unit: 'bytes/s',
  height: 150,
})
chart('Disk', '', {
  lines: [line('disk.read', '--c1', 0.12), line('disk.write', '--c3', 0.12)],
  unit: 'bytes/s',
  height: 150,
})
chart('Pressure', '', {
  lines: [
    line('pressure.cpu', '--c1', 0.1),
    line('pressure.memory', '--c2'),
    line('pressure.io', '--c3', 0.1),
  ],
  unit: 'percent',
  height: 120,
})
chart('Load', '', { lines: [line('load.1m', '--c6', 0.1)], unit: '', ceiling: () => 4, height: 120 })
chart('Temperature (a value each tenth tick)', '', {
  lines: [line('temperature{sensor=package}', '--c5'), line('temperature{sensor=nvme}', '--c3')],
  unit: 'celsius',
  height: 120,
})
cores(2, 120)
cores(8, 150)
cores(128, 230)

if (query.has('crosshair')) services.crosshair.pin(host.series.newestTime - Number(query.get('crosshair')))
if (query.has('live')) setInterval(() => host.tick(), 1000)
Object.assign(window, { gallery: { host, services, charts } })
