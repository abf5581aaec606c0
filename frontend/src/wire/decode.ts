import { parseCbor } from './cbor.ts'
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
 * The bounds of a frame; the first counts characters of JSON or bytes of CBOR. They stand far above what a server sends (a snapshot of 3,000 rows of 300 series is about
 * 5 million characters) and keep a hostile one from filling the memory of the tab.
 */
export const limits = {
  characters: 32 << 20,
  hosts: 4096,
  series: 4096,
  rows: 100_000,
  labels: 32,
  addresses: 256,
  rejections: 1000,
}

/**
 * Reads one frame of a server, from a text of JSON or from bytes of CBOR: the only place that trusts nothing. What it
 * returns is the same for both and holds exactly what the types say: finite numbers, sequence numbers that are safe
 * integers, columns as long as the timestamps. Unknown fields are left in place and mean nothing; a frame of an unknown
 * type gives undefined, so that an older app understands a newer server. Anything else throws a DecodeError that names the
 * field.
 */
export function decodeFrame(message: string | ArrayBuffer | Uint8Array): ServerFrame | undefined {
  const frame = object('', typeof message === 'string' ? parseJson(message) : parseBytes(message))
  word('type', frame['type'])
  const check = checks.get(frame['type'] as string)
  if (check === undefined) return undefined
  check(frame)
  return frame as unknown as ServerFrame
}

function parseJson(text: string): unknown {
  if (text.length > limits.characters) {
    throw new DecodeError('', `has ${text.length} characters, at most ${limits.characters} are allowed`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new DecodeError('', 'is not JSON')
  }
}

function parseBytes(message: ArrayBuffer | Uint8Array): unknown {
  const bytes = ArrayBuffer.isView(message) ? message : new Uint8Array(message)
  if (bytes.length > limits.characters) {
    throw new DecodeError('', `has ${bytes.length} bytes, at most ${limits.characters} are allowed`)
  }
  const frame = parseCbor(bytes)
  unfoldWide(frame)
  return frame
}

/** Puts the values of an update that a float32 does not carry in their places, as if the frame had come as JSON. */
function unfoldWide(value: unknown): void {
  const frame = value as Fields | null
  if (frame?.['type'] !== 'update' || frame['wide'] === undefined) return
  const wide = object('wide', frame['wide'])
  const cells = values('values', frame['values'], limits.series)
  const wideCells = values('wide.values', wide['values'], limits.series)
  const columns = array('wide.columns', wide['columns'], limits.series)
  if (columns.length !== wideCells.length) {
    throw new DecodeError('wide.values', `has ${wideCells.length} values for ${columns.length} columns`)
  }
  columns.forEach((column, i) => {
    const index = whole(`wide.columns[${i}]`, column, 0)
    if (index >= cells.length)
      throw new DecodeError(`wide.columns[${i}]`, `must be less than ${cells.length}`)
    cells[index] = wideCells[i]
  })
  delete frame['wide']
}

type Check = (frame: Fields) => void

const checks: ReadonlyMap<string, Check> = new Map<ServerFrame['type'], Check>([
  ['hello', checkHello],
  ['host', checkHostState],
  ['catalog', checkCatalog],
  ['snapshot', checkSnapshot],
  ['update', checkUpdate],
  ['gap', checkGap],
  ['published', checkPublished],
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
  for (const name of ['events', 'messagesPerSecond', 'messageBurst', 'bytesPerSecond']) {
    optional(count, `limits.${name}`, bounds[name])
  }
  array('hosts', frame['hosts'], limits.hosts).forEach((host, i) => checkHost(`hosts[${i}]`, host))
}

export function checkHost(path: string, value: unknown): void {
  const host = object(path, value)
  word(`${path}.name`, host['name'])
  text(`${path}.hostname`, host['hostname'])
  for (const name of ['os', 'kernel', 'architecture', 'virtualization', 'cpuModel']) {
    optional(text, `${path}.${name}`, host[name])
  }
  for (const name of ['cpuCount', 'memoryBytes']) optional(count, `${path}.${name}`, host[name])
  for (const name of ['bootTime', 'silentSince']) optional(instant, `${path}.${name}`, host[name])
  optional(checkAddresses, `${path}.addresses`, host['addresses'])
}

function checkHostState(frame: Fields): void {
  word('state', frame['state'])
  checkHost('host', frame['host'])
  present('since', frame['since'])
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

export function checkSeries(path: string, value: unknown): unknown {
  const series = object(path, value)
  word(`${path}.metric`, series['metric'])
  word(`${path}.family`, series['family'])
  text(`${path}.unit`, series['unit'])
  text(`${path}.kind`, series['kind'])
  optional(text, `${path}.help`, series['help'])
  optional(count, `${path}.every`, series['every'])
  optional(flag, `${path}.custom`, series['custom'])
  optional(checkLabels, `${path}.labels`, series['labels'])
  return series['metric']
}

function checkLabels(path: string, value: unknown): void {
  const labels = Object.entries(object(path, value))
  if (labels.length > limits.labels) throw new DecodeError(path, `has more than ${limits.labels} entries`)
  for (const [key, label] of labels) text(`${path}.${key}`, label)
}

function checkSnapshot(frame: Fields): void {
  const seq = checkPosition(frame)
  const timestamps = array('timestamps', frame['timestamps'], limits.rows)
  // Times may go backwards, as the clock of a machine may; HostSeries deals with it.
  timestamps.forEach((timestamp, i) => instant(`timestamps[${i}]`, timestamp))
  if (frame['seqs'] === undefined) whole('seq', seq + timestamps.length, 1)
  else checkSeqs(frame['seqs'], seq, timestamps.length)
  const columns = checkColumns('columns', frame['columns'], timestamps.length)
  for (const name of ['min', 'max']) {
    if (frame[name] === undefined) continue
    const { length } = checkColumns(name, frame[name], timestamps.length)
    if (length !== columns.length)
      throw new DecodeError(name, `has ${length} columns, columns has ${columns.length}`)
  }
}

function checkSeqs(value: unknown, seq: number, rows: number): void {
  const seqs = array('seqs', value, limits.rows)
  if (seqs.length !== rows)
    throw new DecodeError('seqs', `has ${seqs.length} positions for ${rows} timestamps`)
  let least = seq
  seqs.forEach((position, i) => (least = whole(`seqs[${i}]`, position, least) + 1))
  if (rows > 0 && seqs[0] !== seq) throw new DecodeError('seqs[0]', 'must be seq')
}

function checkColumns(field: string, value: unknown, rows: number): unknown[] {
  const columns = array(field, value, limits.series)
  columns.forEach((column, i) => {
    const path = `${field}[${i}]`
    const { length } = values(path, column, limits.rows)
    if (length !== rows) throw new DecodeError(path, `has ${length} values for ${rows} timestamps`)
  })
  return columns
}

function checkUpdate(frame: Fields): void {
  checkPosition(frame)
  present('timestamp', frame['timestamp'])
  const { length } = values('values', frame['values'], limits.series)
  if (frame['columns'] !== undefined) checkSparse(frame['columns'], length)
  for (const name of ['min', 'max']) {
    if (frame[name] === undefined) continue
    const bounds = values(name, frame[name], limits.series)
    if (bounds.length !== length)
      throw new DecodeError(name, `has ${bounds.length} values, values has ${length}`)
  }
}

function checkSparse(value: unknown, length: number): void {
  const columns = array('columns', value, limits.series)
  if (columns.length !== length) {
    throw new DecodeError('columns', `has ${columns.length} entries for ${length} values`)
  }
  let least = 0
  columns.forEach((column, i) => {
    least = whole(`columns[${i}]`, column, least) + 1
    if (least > limits.series) throw new DecodeError(`columns[${i}]`, `must be less than ${limits.series}`)
  })
}

/** The position of a row, or of the first one of a snapshot. */
function checkPosition(frame: Fields): number {
  word('host', frame['host'])
  const seq = whole('seq', frame['seq'], 1)
  if (frame['from'] !== undefined && whole('from', frame['from'], 1) > seq) {
    throw new DecodeError('from', 'must be at most seq')
  }
  return seq
}

function checkGap(frame: Fields): void {
  word('host', frame['host'])
  for (const name of ['from', 'to', 'dropped']) optional(count, name, frame[name])
  if (Number(frame['to'] ?? 0) < Number(frame['from'] ?? 0))
    throw new DecodeError('to', 'must be at least from')
  flag('recovered', frame['recovered'])
}

function checkPublished(frame: Fields): void {
  whole('id', frame['id'], 0)
  whole('accepted', frame['accepted'], 0)
  for (const name of ['late', 'duplicates', 'rejectedCount']) optional(count, name, frame[name])
  array('rejected', frame['rejected'], limits.rejections).forEach((value, i) => {
    const rejection = object(`rejected[${i}]`, value)
    whole(`rejected[${i}].index`, rejection['index'], 0)
    word(`rejected[${i}].code`, rejection['code'])
    text(`rejected[${i}].message`, rejection['message'])
    optional(text, `rejected[${i}].field`, rejection['field'])
  })
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

export function optional(
  check: (field: string, value: unknown) => void,
  field: string,
  value: unknown,
): void {
  if (value !== undefined) check(field, value)
}
