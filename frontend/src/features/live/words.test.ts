import { describe, expect, it } from 'vitest'
import { factsOf } from './Facts.tsx'
import { piecesOf, sumOf, textOf } from './figure.ts'
import { shortSystem } from './HostSwitcher.tsx'
import { costText, failedSensors } from './LiveFooter.tsx'
import { readerOf, series } from './testing/fakes.ts'
import { tilesOf } from './tiles.ts'
import { formatUptime } from './uptime.ts'

const GiB = 1024 ** 3

describe('uptime', () => {
  it.each([
    [0, '00:00:00'],
    [59.9, '00:00:59'],
    [86_399, '23:59:59'],
    [86_400, '1 d 00:00:00'],
    [12 * 86_400 + 4 * 3600 + 65, '12 d 04:01:05'],
    [Number.NaN, '–'],
    [-1, '–'],
  ])('of %d s reads %s', (seconds, text) => {
    expect(formatUptime(seconds)).toBe(text)
  })
})

describe('figures', () => {
  it('state a part of a whole with the unit once', () => {
    const figure = { kind: 'part', metric: 'memory.used', whole: 'memory.total', joint: 'of' } as const
    expect(textOf(figure, readerOf({ 'memory.used': 14.2 * GiB, 'memory.total': 24 * GiB }))).toBe(
      '14.2 of 24.0 GiB',
    )
    expect(textOf(figure, readerOf({ 'memory.used': GiB / 2, 'memory.total': 24 * GiB }))).toBe(
      '512 MiB of 24.0 GiB',
    )
  })

  it('name the highest of several', () => {
    const of = [
      { metric: 'a', label: 'sda' },
      { metric: 'b', label: 'sdb' },
    ]
    expect(textOf({ kind: 'peak', of }, readerOf({ a: 3, b: 34 }))).toBe('sdb 34.0 %')
    expect(textOf({ kind: 'peak', of }, readerOf({}))).toBe('–')
  })

  it('show a dash where there is no value, and keep its place', () => {
    expect(piecesOf({ kind: 'value', metric: 'cpu', before: 'at' }, readerOf({}))).toEqual([
      { text: 'at' },
      { text: '–', steady: 'number' },
    ])
  })

  it('state rates in the unit of the largest', () => {
    const of = [
      { metric: 'a', mark: 'read' },
      { metric: 'b', mark: 'write' },
    ]
    const stated = (values: Record<string, number>) => textOf({ kind: 'rates', of }, readerOf(values))
    expect(stated({ a: 0, b: 16_400 })).toBe('read 0.0 write 16.4 kB/s')
    expect(stated({ a: 953_000, b: 7_400_000 })).toBe('read 1.0 write 7.4 MB/s')
    expect(stated({ a: 999_960, b: 3 })).toBe('read 1.0 write 0.0 MB/s')
    expect(stated({ a: 0, b: 40 })).toBe('read 0.0 write 0.0 kB/s')
    expect(stated({ b: 2_000 })).toBe('read – write 2.0 kB/s')
    expect(stated({})).toBe('read – write – kB/s')
  })

  it('do not take silence for zero', () => {
    expect(sumOf(['a', 'b'], readerOf({}))).toBeUndefined()
    expect(sumOf(['a', 'b'], readerOf({ a: 0 }))).toBe(0)
  })
})

describe('what the head says of a machine', () => {
  it('leaves out what is not known', () => {
    expect(factsOf({ name: 'a', hostname: 'a' })).toEqual([])
  })

  it('counts the addresses that it does not show', () => {
    const address = factsOf({ name: 'a', hostname: 'a', addresses: ['10.0.0.1', 'fe80::1', '10.0.0.2'] })[0]
    expect(address?.text).toBe('10.0.0.1 +2')
    expect(address?.title).toBe('10.0.0.1\nfe80::1\n10.0.0.2')
  })

  it.each([
    ['Debian GNU/Linux 12 (bookworm)', 'Debian 12'],
    ['Rocky Linux 9.4 (Blue Onyx)', 'Rocky 9.4'],
    ['Ubuntu 24.04.1 LTS', 'Ubuntu 24.04.1 LTS'],
    [undefined, ''],
  ])('shortens %s', (os, short) => {
    expect(shortSystem(os)).toBe(short)
  })
})

describe('tiles', () => {
  const titles = (names: string[]) =>
    tilesOf(
      names.map((name) => series(name)),
      undefined,
    ).map((tile) => tile.title)

  it('end with the hottest sensor', () => {
    const sensors = ['temperature{sensor=cpu}', 'temperature{sensor=nvme}']
    const tile = tilesOf([series('cpu'), ...sensors.map((name) => series(name, 'celsius'))], undefined).at(-1)
    const reader = readerOf({ 'temperature{sensor=cpu}': 61, 'temperature{sensor=nvme}': 48 })
    expect(tile?.title).toBe('Hottest')
    expect(tile?.figure(reader)).toBe('61')
    expect(tile?.aside(reader)).toBe('cpu')
  })

  it('end with what else tells of strain when there is no temperature', () => {
    expect(titles(['cpu', 'pressure.cpu', 'pressure.io', 'swap'])).toEqual(['CPU', 'Pressure'])
    expect(titles(['cpu', 'swap'])).toEqual(['CPU', 'Swap'])
    expect(titles(['cpu', 'processes'])).toEqual(['CPU', 'Processes'])
  })

  it('are six before there is a catalogue', () => {
    expect(titles([])).toHaveLength(6)
  })
})

describe('the foot of the page', () => {
  it('says what the measuring costs, as far as it is known', () => {
    expect(costText(readerOf({ 'vitals.cpu': 0.31, 'vitals.memory': 31 * 1024 ** 2 }))).toBe(
      'Vitals costs this machine 0.3 % of one core, 31.0 MiB',
    )
    expect(costText(readerOf({}))).toBe('')
  })

  it('names the sensors that fail, not those that say nothing', () => {
    const sensors = ['a', 'b', 'c'].map((label) => ({ metric: label, label }))
    expect(failedSensors(sensors, readerOf({ a: 1, b: 0 }))).toBe('no values from: b')
    expect(failedSensors(sensors, readerOf({ a: 1 }))).toBe('')
  })
})
