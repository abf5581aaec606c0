/** The row of large figures at the head of the page, from what a catalogue has. */
import { formatBytes, formatValue, noValue } from '../../chart/format.ts'
import type { Host, Series } from '../../wire/types.gen.ts'
import { peakOf, read } from './figure.ts'
import { familiesOf, membersOf, type Families } from './panels/families.ts'
import type { Color, Member } from './panels/model.ts'
import type { Reader } from './reader.ts'

/** A large figure: every text is read anew at each instant. */
export interface TileModel {
  id: string
  title: string
  color: Color
  /** The series of the small picture; the largest of several. */
  metrics: readonly string[]
  figure: (reader: Reader) => string
  unit: (reader: Reader) => string
  aside: (reader: Reader) => string
  /** The small picture ends here at the top at least; absent when it fits the data. */
  ceiling?: number
}

const nothing = () => ''

/** Six tiles at most; before there is a catalogue, the six that nearly every host has, empty. */
export function tilesOf(series: readonly Series[], host: Host | undefined): TileModel[] {
  const families = familiesOf(series)
  const known = series.length > 0
  const tiles = [
    cpuTile(host),
    memoryTile(host),
    loadTile(host),
    networkTile(),
    diskTile(),
    known ? lastTile(families) : plainTile('last', '\u00a0', '', '--c5'),
  ]
  if (!known) return tiles
  return tiles.filter((tile) => tile.metrics.some((metric) => series.some((one) => one.metric === metric)))
}

function cpuTile(host: Host | undefined): TileModel {
  return {
    ...plainTile('cpu', 'CPU', 'cpu', '--c1'),
    ceiling: 100,
    aside: () => counted(host?.cpuCount, 'core'),
  }
}

function memoryTile(host: Host | undefined): TileModel {
  const total = host?.memoryBytes ? formatBytes(host.memoryBytes) : undefined
  return {
    id: 'memory',
    title: 'Memory',
    color: '--c1',
    metrics: ['memory.used'],
    figure: (reader) => read(reader, 'memory.used').text,
    unit: (reader) => wholeUnit(read(reader, 'memory.used').unit, total),
    aside: (reader) => phrase(reader, 'memory'),
    ...(host?.memoryBytes ? { ceiling: host.memoryBytes } : {}),
  }
}

/** `/ 24 GiB` after a number in GiB, `MiB / 24 GiB` after another. */
function wholeUnit(unit: string, total: { text: string; unit: string } | undefined): string {
  if (!total) return unit
  const whole = `/ ${total.text} ${total.unit}`
  return unit === total.unit || unit === '' ? whole : `${unit} ${whole}`
}

function loadTile(host: Host | undefined): TileModel {
  const tile = plainTile('load', 'Load', 'load.1m', '--c6')
  return { ...tile, unit: () => '1 min', aside: () => counted(host?.cpuCount, 'core') }
}

function networkTile(): TileModel {
  const tile = plainTile('network', 'Network ↓', 'network.receive', '--c2')
  return { ...tile, aside: (reader) => `↑ ${phrase(reader, 'network.transmit')}` }
}

function diskTile(): TileModel {
  const tile = plainTile('disk', 'Disk write', 'disk.write', '--c3')
  return { ...tile, aside: (reader) => `read ${phrase(reader, 'disk.read')}` }
}

/** The hottest sensor; on a machine that tells no temperature, what else says that it is strained. */
function lastTile(families: Families): TileModel {
  const sensors = membersOf(families, 'temperature', 'sensor')
  if (sensors.length > 0) return hottestTile(sensors)
  if (families.has('pressure.io')) {
    return {
      ...plainTile('pressure', 'Pressure', 'pressure.cpu', '--c5'),
      unit: () => '% cpu',
      aside: (reader) => `io ${phrase(reader, 'pressure.io')}`,
    }
  }
  if (families.has('swap')) return { ...plainTile('swap', 'Swap', 'swap', '--c5'), ceiling: 100 }
  return plainTile('processes', 'Processes', 'processes', '--c5')
}

function hottestTile(sensors: readonly Member[]): TileModel {
  return {
    id: 'hottest',
    title: 'Hottest',
    color: '--c5',
    metrics: sensors.map((sensor) => sensor.metric),
    figure: (reader) => formatValue(peakOf(sensors, reader)?.value, 'celsius').text,
    unit: () => '°C',
    aside: (reader) => peakOf(sensors, reader)?.label ?? noValue,
  }
}

function plainTile(id: string, title: string, metric: string, color: Color): TileModel {
  return {
    id,
    title,
    color,
    metrics: [metric],
    figure: (reader) => read(reader, metric).text,
    unit: (reader) => read(reader, metric).unit,
    aside: nothing,
  }
}

function phrase(reader: Reader, metric: string): string {
  const { text, unit } = read(reader, metric)
  return unit === '' ? text : `${text} ${unit}`
}

function counted(count: number | undefined, noun: string): string {
  if (!count) return ''
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}
