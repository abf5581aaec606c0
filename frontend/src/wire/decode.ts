import {
  array,
  DecodeError,
  type Fields,
  finite,
  flag,
  instant,
  object,
  text,
  values,
  whole,
  word,
} from './check.ts'
import type { ServerFrame } from './frames.ts'

/**
 * The bounds of a frame. They stand far above what a server sends (a snapshot of 3,000 rows of 300 series is about
 * 5 million characters) and keep a hostile one from filling the memory of the tab.
 */
export const limits = {
  characters: 32 << 20,
  hosts: 4096,
  series: 4096,
  rows: 100_000,
  labels: 32,
  addresses: 256,
}

/**
 * Reads one frame of a server: the only place that trusts nothing. What it returns holds exactly what the types say:
 * finite numbers, sequence numbers that are safe integers, columns as long as the timestamps. Unknown fields are left
 * in place and mean nothing; a frame of an unknown type gives undefined, so that an older app understands a newer
 * server. Anything else throws a DecodeError that names the field.
 */
export function decodeFrame(text: string): ServerFrame | undefined {
  if (text.length > limits.characters) {
    throw new DecodeError('', `has ${text.length} characters, at most ${limits.characters} are allowed`)
  }
  const frame = object('', parse(text))
  word('type', frame['type'])
  const check = checks.get(frame['type'] as string)
  if (check === undefined) return undefined
  check(frame)
  return frame as unknown as ServerFrame
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DecodeError('', 'is not JSON')
  }
}

type Check = (frame: Fields) => void

const checks: ReadonlyMap<string, Check> = new Map<ServerFrame['type'], Check>([
  ['hello', checkHello],
  ['catalog', checkCatalog],
  ['snapshot', checkSnapshot],
  ['update', checkUpdate],
  ['gap', checkGap],
  ['error', checkError],
  ['pong', checkPong],
])

function checkHello(frame: Fields): void {
  whole('protocol', frame['protocol'], 1)
  const server = object('server', frame['server'])
  text('server.version', server['version'])
  instant('server.time', server['time'])
  optional(text, 'server.app', server['app'])
  word('epoch', frame['epoch'])
  if (finite('interval', frame['interval']) <= 0)
    throw new DecodeError('interval', 'must be more than 0 seconds')
  if (finite('backfill', frame['backfill']) < 0)
    throw new DecodeError('backfill', 'must be 0 seconds or more')
  const bounds = object('limits', frame['limits'])
  for (const name of ['messageBytes', 'hosts', 'globs']) whole(`limits.${name}`, bounds[name], 0)
  array('hosts', frame['hosts'], limits.hosts).forEach((host, i) => checkHost(`hosts[${i}]`, host))
}

function checkHost(path: string, value: unknown): void {
  const host = object(path, value)
  word(`${path}.name`, host['name'])
  text(`${path}.hostname`, host['hostname'])
  for (const name of ['os', 'kernel', 'architecture', 'virtualization', 'cpuModel']) {
    optional(text, `${path}.${name}`, host[name])
  }
  for (const name of ['cpuCount', 'memoryBytes']) optional(count, `${path}.${name}`, host[name])
  optional(instant, `${path}.bootTime`, host['bootTime'])
  optional(checkAddresses, `${path}.addresses`, host['addresses'])
}

function checkAddresses(path: string, value: unknown): void {
  array(path, value, limits.addresses).forEach((address, i) => text(`${path}[${i}]`, address))
}

function checkCatalog(frame: Fields): void {
  word('host', frame['host'])
  const seen = new Set<unknown>()
  array('series', frame['series'], limits.series).forEach((series, i) => {
    const path = `series[${i}]`
    const metric = checkSeries(path, series)
    // Two columns of one name would write into one ring.
    if (seen.has(metric)) throw new DecodeError(`${path}.metric`, 'stands twice in the catalogue')
    seen.add(metric)
  })
}

function checkSeries(path: string, value: unknown): unknown {
  const series = object(path, value)
  word(`${path}.metric`, series['metric'])
  word(`${path}.family`, series['family'])
  text(`${path}.unit`, series['unit'])
  text(`${path}.kind`, series['kind'])
  optional(text, `${path}.help`, series['help'])
  optional(count, `${path}.every`, series['every'])
  optional(checkLabels, `${path}.labels`, series['labels'])
  return series['metric']
}

function checkLabels(path: string, value: unknown): void {
  const labels = Object.entries(object(path, value))
  if (labels.length > limits.labels) throw new DecodeError(path, `has more than ${limits.labels} entries`)
  for (const [key, label] of labels) text(`${path}.${key}`, label)
}

function checkSnapshot(frame: Fields): void {
  word('host', frame['host'])
  const seq = whole('seq', frame['seq'], 1)
  const timestamps = array('timestamps', frame['timestamps'], limits.rows)
  whole('seq', seq + timestamps.length, 1)
  // Times may go backwards, as the clock of a machine may; HostSeries deals with it.
  timestamps.forEach((timestamp, i) => instant(`timestamps[${i}]`, timestamp))
  array('columns', frame['columns'], limits.series).forEach((column, i) => {
    const path = `columns[${i}]`
    values(path, column, limits.rows)
    const length = (column as unknown[]).length
    if (length !== timestamps.length) {
      throw new DecodeError(path, `has ${length} values for ${timestamps.length} timestamps`)
    }
  })
}

function checkUpdate(frame: Fields): void {
  word('host', frame['host'])
  whole('seq', frame['seq'], 1)
  present('timestamp', frame['timestamp'])
  values('values', frame['values'], limits.series)
}

function checkGap(frame: Fields): void {
  word('host', frame['host'])
  for (const name of ['from', 'to', 'dropped']) optional(count, name, frame[name])
  if (Number(frame['to'] ?? 0) < Number(frame['from'] ?? 0))
    throw new DecodeError('to', 'must be at least from')
  flag('recovered', frame['recovered'])
}

function checkError(frame: Fields): void {
  word('code', frame['code'])
  text('message', frame['message'])
  optional(text, 'field', frame['field'])
}

function checkPong(frame: Fields): void {
  whole('id', frame['id'], 0)
  present('time', frame['time'])
}

function count(field: string, value: unknown): void {
  whole(field, value, 0)
}

/** A time that was really set: 0 is what a server sends that forgot it. */
function present(field: string, value: unknown): void {
  instant(field, value)
  if (value === 0) throw new DecodeError(field, 'is missing or 0')
}

function optional(check: (field: string, value: unknown) => void, field: string, value: unknown): void {
  if (value !== undefined) check(field, value)
}
