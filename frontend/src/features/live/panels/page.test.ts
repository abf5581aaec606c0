import { describe, expect, it } from 'vitest'
import { series } from '../testing/fakes.ts'
import type { ChartPanel, HeatPanel, OtherPanel, PlacedPanel } from './model.ts'
import { expectedPanels, panelsOf } from './page.ts'

const ids = (panels: readonly PlacedPanel[]) => panels.map((panel) => panel.id)
const panel = (panels: readonly PlacedPanel[], id: string) => panels.find((one) => one.id === id)
const chart = (panels: readonly PlacedPanel[], id: string) => panel(panels, id) as ChartPanel & PlacedPanel
const metrics = (one: ChartPanel) => one.entries.flatMap((entry) => entry.lines.map((line) => line.metric))

describe('the panels of a catalogue', () => {
  it('has none for what the host does not have', () => {
    expect(ids(panelsOf([series('cpu'), series('memory.used', 'bytes')]))).toEqual(['cpu', 'memory'])
  })

  it('shows a panel as soon as its first series appears', () => {
    const before = [series('cpu.user'), series('memory.used', 'bytes')]
    expect(ids(panelsOf(before))).not.toContain('temperature')
    const after = [...before, series('temperature{sensor=cpu}', 'celsius')]
    expect(metrics(chart(panelsOf(after), 'temperature'))).toEqual(['temperature{sensor=cpu}'])
  })

  it('stacks the modes of the processor and states the total', () => {
    const cpu = chart(panelsOf([series('cpu'), series('cpu.user'), series('cpu.system')]), 'cpu')
    expect(cpu.stacked).toBe(true)
    expect(cpu.max).toBe(100)
    expect(metrics(cpu)).toEqual(['cpu.user', 'cpu.system'])
    expect(cpu.now).toEqual([{ kind: 'value', metric: 'cpu' }])
  })

  it('draws the total when there are no modes', () => {
    expect(metrics(chart(panelsOf([series('cpu')]), 'cpu'))).toEqual(['cpu'])
  })

  it('puts 128 cores in natural order on one strip', () => {
    const shuffled = Array.from({ length: 128 }, (_, core) => series(`cpu.core{core=${(core * 37) % 128}}`))
    const heat = panel(panelsOf(shuffled), 'cores') as HeatPanel
    expect(heat.rows).toHaveLength(128)
    expect(heat.rows.map((row) => row.label)).toEqual(Array.from({ length: 128 }, (_, core) => String(core)))
  })

  it('loses nothing: what has no panel stands in the list of other series', () => {
    const panels = panelsOf([
      series('cpu'),
      series('ups.charge'),
      series('sensor.success{sensor=cpu}', 'boolean'),
      series('vitals.cpu'),
    ])
    const other = panel(panels, 'other') as OtherPanel
    expect(other.series.map((one) => one.metric)).toEqual(['ups.charge'])
  })

  it('shows every series of a full catalogue in exactly one place', () => {
    const names = [
      ...[
        'cpu',
        'cpu.user',
        'cpu.core{core=0}',
        'memory',
        'memory.used',
        'memory.total',
        'swap',
        'swap.used',
      ],
      ...[
        'network.receive',
        'network.interface.receive{interface=eth0}',
        'network.interface.drops{interface=eth0}',
      ],
      ...[
        'disk.write',
        'disk.device.write{device=sda}',
        'disk.device.busy{device=sda}',
        'load.1m',
        'processes',
      ],
      ...['filesystem{mount=/}', 'pressure.io', 'temperature{sensor=a}', 'uptime'],
    ]
    expect(ids(panelsOf(names.map((name) => series(name))))).not.toContain('other')
  })
})

describe('the widths of panels', () => {
  const rowsOf = (panels: readonly PlacedPanel[]) => panels.reduce((sum, one) => sum + one.span, 0)
  const narrowRowsOf = (panels: readonly PlacedPanel[]) =>
    panels.reduce((sum, one) => sum + one.narrowSpan, 0)

  it('fill every row of twelve columns, however many panels there are', () => {
    const names = [
      'cpu',
      'cpu.core{core=0}',
      'memory.used',
      'network.receive',
      'disk.read',
      'load.1m',
      'pressure.io',
    ]
    const more = [
      'disk.device.busy{device=sda}',
      'temperature{sensor=a}',
      'filesystem{mount=/}',
      'something.else',
    ]
    const all = [...names, ...more]
    for (let count = 1; count <= all.length; count++) {
      const panels = panelsOf(all.slice(0, count).map((name) => series(name)))
      expect(rowsOf(panels) % 12, `${String(count)} series`).toBe(0)
      expect(narrowRowsOf(panels) % 12, `${String(count)} series, two in a row`).toBe(0)
    }
  })

  it('of the page before its catalogue fill every row too', () => {
    expect(rowsOf(expectedPanels) % 12).toBe(0)
    expect(ids(expectedPanels)).not.toContain('other')
  })
})

describe('panels of two directions', () => {
  const interfaces = (count: number) =>
    Array.from({ length: count }, (_, index) => [
      series(`network.interface.receive{interface=eth${String(index)}}`, 'bytes/s'),
      series(`network.interface.transmit{interface=eth${String(index)}}`, 'bytes/s'),
    ]).flat()
  const totals = [series('network.receive', 'bytes/s'), series('network.transmit', 'bytes/s')]

  it('show the totals of a single device, what is sent downward', () => {
    const network = chart(panelsOf([...totals, ...interfaces(1)]), 'network')
    expect(metrics(network)).toEqual(['network.receive', 'network.transmit'])
    expect(network.entries.map((entry) => entry.lines[0]?.below ?? false)).toEqual([false, true])
    expect(network.foot).toEqual([{ kind: 'note', text: 'eth0' }])
  })

  it('show a few devices apart, each in a colour of its own', () => {
    const network = chart(panelsOf([...totals, ...interfaces(3)]), 'network')
    expect(network.entries.map((entry) => entry.label)).toEqual(['eth0', 'eth1', 'eth2'])
    expect(new Set(network.entries.map((entry) => entry.color)).size).toBe(3)
    expect(network.entries[0]?.lines.map((line) => line.below ?? false)).toEqual([false, true])
  })

  it('go back to totals when there are many', () => {
    const network = chart(panelsOf([...totals, ...interfaces(9)]), 'network')
    expect(metrics(network)).toEqual(['network.receive', 'network.transmit'])
    expect(network.foot).toEqual([{ kind: 'note', text: '9 interfaces' }])
  })
})
