/**
 * Numbers as people read them: percent with one decimal, bytes in IEC, rates in SI a second, times in the viewer's zone.
 * The number and its unit come apart, so that a readout can set them differently.
 */

/** The units of the catalogue; an unknown one is shown as it is. */
export type Unit =
  | 'percent'
  | 'bytes'
  | 'bytes/s'
  | '1/s'
  | 'celsius'
  | 'seconds'
  | 'count'
  | 'boolean'
  | ''
  | (string & Record<never, never>)

export interface Formatted {
  text: string
  unit: string
}

/** Shown where there is no value. */
export const noValue = '–'

const longestAxisUnit = 5
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const iec = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
const si = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']
const siPlain = ['', 'k', 'M', 'G', 'T']

/** The unit in which all labels of an axis are written: `value / divisor` followed by `suffix`. */
export interface AxisUnit {
  divisor: number
  suffix: string
  /** The unit stands at every label, not only at the outermost one. */
  everywhere: boolean
}

export function formatValue(value: number | undefined, unit: Unit): Formatted {
  if (value === undefined || !Number.isFinite(value)) return { text: noValue, unit: '' }
  switch (unit) {
    case 'percent':
      return formatPercent(value)
    case 'bytes':
      return formatBytes(value)
    case 'bytes/s':
      return formatRate(value)
    case '1/s':
      return scaled(value, 1000, siPlain, '/s')
    case 'celsius':
      return { text: fixed(value, 0), unit: '°C' }
    case 'seconds':
      return formatSeconds(value)
    case 'count':
      return { text: grouped(value), unit: '' }
    case 'boolean':
      return { text: value === 0 ? 'no' : 'yes', unit: '' }
    case '':
      return { text: fixed(value, 2), unit: '' }
    default:
      return { text: fixed(value, 2), unit }
  }
}

/** The number and its unit in one string, as in a sentence: `14.2 GiB`. */
export function formatText(value: number | undefined, unit: Unit): string {
  const formatted = formatValue(value, unit)
  return formatted.unit === '' ? formatted.text : `${formatted.text} ${formatted.unit}`
}

/** 0 to 100, one decimal. */
function formatPercent(value: number): Formatted {
  return { text: fixed(value, 1), unit: '%' }
}

/** Powers of 1,024: KiB, MiB, GiB. */
export function formatBytes(bytes: number): Formatted {
  return scaled(bytes, 1024, iec, '')
}

/** Powers of 1,000 a second: kB/s, MB/s. */
export function formatRate(bytesPerSecond: number): Formatted {
  return scaled(bytesPerSecond, 1000, si, '/s')
}

/** Rates side by side, all in the unit of the largest and at least in kB/s: `0.0`, `16.4`, `kB/s`. */
export function formatRates(rates: readonly (number | undefined)[]): { texts: string[]; unit: string } {
  const known = rates.filter((rate) => rate !== undefined && Number.isFinite(rate)) as number[]
  const { unit } = formatRate(Math.max(1000, ...known))
  const divisor = 1000 ** si.indexOf(unit.slice(0, -'/s'.length))
  const texts = rates.map((rate) =>
    rate === undefined || !Number.isFinite(rate) ? noValue : threeDigits(rate / divisor),
  )
  return { texts, unit }
}

/** How old something is: `0.4 s`, `12 s`, `3 min`, `2 h`, `4 d`. */
export function formatAge(seconds: number): string {
  if (!Number.isFinite(seconds)) return noValue
  const age = Math.max(0, seconds)
  if (age < 9.95) return `${age.toFixed(1)} s`
  if (age < 59.5) return `${Math.round(age)} s`
  if (age < 3570) return `${Math.round(age / 60)} min`
  if (age < 84_600) return `${Math.round(age / 3600)} h`
  return `${Math.round(age / 86_400)} d`
}

/** How long something took: `0.8 ms`, `24 ms`, `1.2 s`; a dash while it is not known. */
export function formatMilliseconds(milliseconds: number | undefined): string {
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) return noValue
  if (milliseconds >= 999.5) return formatAge(milliseconds / 1000)
  return `${fixed(milliseconds, milliseconds < 9.95 ? 1 : 0)} ms`
}

/** A difference of clocks: `+3 ms`, `−1.2 s`; a dash while it is not known. */
export function formatOffset(milliseconds: number | undefined): string {
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) return noValue
  const size = Math.abs(milliseconds)
  if (size < 0.5) return '0 ms'
  const sign = milliseconds < 0 ? '−' : '+'
  return size < 1000 ? `${sign}${Math.round(size)} ms` : `${sign}${formatAge(size / 1000)}`
}

/** A length of time in its two largest units: `12 d 4 h`, `3 h 12 min`, `42 s`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return noValue
  const whole = Math.max(0, Math.floor(seconds))
  const days = Math.floor(whole / 86_400)
  const hours = Math.floor((whole % 86_400) / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`
  if (minutes > 0) return whole % 60 > 0 ? `${minutes} min ${whole % 60} s` : `${minutes} min`
  return `${whole} s`
}

/** The time of day in the viewer's zone, 24 hours: `14:32:07`, without seconds `14:32`. */
export function formatClock(time: number, withSeconds = true): string {
  if (!Number.isFinite(time)) return noValue
  const date = new Date(time * 1000)
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`
  return withSeconds ? `${minutes}:${two(date.getSeconds())}` : minutes
}

/** The day in the viewer's zone: `21 Nov`. */
export function formatDay(time: number): string {
  return Number.isFinite(time) ? dayAndMonth.format(new Date(time * 1000)) : noValue
}

/**
 * The time of day, with the date when that is another day: `14:32:07`, `21 Nov 14:32`, or where seconds count there too
 * `21 Nov 14:32:07`. Both in the viewer's zone.
 */
export function formatInstant(time: number, nowMs: number, alwaysSeconds = false): string {
  const date = new Date(time * 1000)
  if (date.toDateString() === new Date(nowMs).toDateString()) return formatClock(time)
  return `${formatDay(time)} ${formatClock(time, alwaysSeconds)}`
}

/** The viewer's zone by name, as it is at that time: `CET`, `GMT+5:30`. */
export function formatZone(time: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(new Date(time * 1000))
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'local time'
}

/** The unit for all labels of an axis that ends at `ceiling`. */
export function axisUnit(ceiling: number, unit: Unit): AxisUnit {
  switch (unit) {
    case 'percent':
      return { divisor: 1, suffix: ' %', everywhere: true }
    case 'bytes':
      return prefixed(ceiling, 1024, iec, '')
    case 'bytes/s':
      return prefixed(ceiling, 1000, si, '/s')
    case '1/s':
      return prefixed(ceiling, 1000, siPlain, '/s')
    case 'celsius':
      return { divisor: 1, suffix: ' °C', everywhere: false }
    case 'seconds':
      return secondsUnit(ceiling)
    case 'boolean':
      return { divisor: 1, suffix: '', everywhere: false }
    case 'count':
      return plainUnit(ceiling, '')
    default:
      // A long one stands beside the value; at an axis it would take the room of the picture.
      return plainUnit(ceiling, unit.length > longestAxisUnit ? '' : unit)
  }
}

/** One label of an axis; `outermost` labels carry the unit. Below zero (drawn downward) the sign is left out. */
export function axisLabel(value: number, unit: AxisUnit, outermost: boolean): string {
  const magnitude = Math.abs(value) / unit.divisor
  const text = magnitude === 0 ? '0' : String(Number(magnitude.toPrecision(3)))
  return outermost || unit.everywhere ? text + unit.suffix : text
}

/** A label of an axis on which values lie on either side of zero. */
export function signedLabel(value: number, unit: AxisUnit, outermost: boolean): string {
  const sign = value < 0 ? '−' : ''
  const text = sign + String(Number(Math.abs(value / unit.divisor).toPrecision(5)))
  return outermost || unit.everywhere ? text + unit.suffix : text
}

function prefixed(ceiling: number, base: number, prefixes: readonly string[], per: string): AxisUnit {
  let divisor = 1
  let index = 0
  while (Math.abs(ceiling) >= divisor * base && index < prefixes.length - 1) {
    divisor *= base
    index++
  }
  const suffix = prefixes[index]! + per
  return { divisor, suffix: suffix === '' ? '' : ` ${suffix}`, everywhere: false }
}

/** Numbers as they are while they are short, then with a prefix; at the ends of the scale a power stands for the unit. */
function plainUnit(ceiling: number, unit: string): AxisUnit {
  const size = Math.abs(ceiling)
  if (size >= 1e15 || (size > 0 && size < 1e-3)) {
    const power = Math.max(-300, Math.floor(Math.log10(size)))
    return { divisor: 10 ** power, suffix: `e${power}`.replace('-', '−'), everywhere: false }
  }
  const ending = unit === '' ? '' : ` ${unit}`
  return size < 1e5
    ? { divisor: 1, suffix: ending, everywhere: false }
    : prefixed(ceiling, 1000, siPlain, ending)
}

function secondsUnit(ceiling: number): AxisUnit {
  if (ceiling < 1e-3) return { divisor: 1e-6, suffix: ' µs', everywhere: false }
  if (ceiling < 1) return { divisor: 1e-3, suffix: ' ms', everywhere: false }
  if (ceiling < 7200) return { divisor: 1, suffix: ' s', everywhere: false }
  if (ceiling < 172_800) return { divisor: 3600, suffix: ' h', everywhere: false }
  return { divisor: 86_400, suffix: ' d', everywhere: false }
}

function formatSeconds(seconds: number): Formatted {
  if (seconds >= 60) return { text: formatDuration(seconds), unit: '' }
  const { divisor, suffix } = secondsUnit(Math.abs(seconds))
  return { text: threeDigits(seconds / divisor), unit: suffix.trim() }
}

function scaled(value: number, base: number, prefixes: readonly string[], per: string): Formatted {
  let rest = value
  let index = 0
  // The comparison is with the rounded number: 1,023.9 MiB reads 1.0 GiB, never 1024 MiB.
  while (Math.abs(Number(threeDigits(rest))) >= base && index < prefixes.length - 1) {
    rest /= base
    index++
  }
  const unit = prefixes[index]! + per
  if (index === 0) return { text: Number.isInteger(rest) ? String(rest) : fixed(rest, 1), unit }
  return { text: index >= 4 && Math.abs(rest) < 9.995 ? fixed(rest, 2) : threeDigits(rest), unit }
}

/** At most one decimal, none from 100 up: the width stays steady while the value moves. */
function threeDigits(value: number): string {
  return Math.abs(value) < 99.95 ? fixed(value, 1) : fixed(value, 0)
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals)
  // A tiny negative number rounds to "-0.0".
  return Number(text) === 0 && text.startsWith('-') ? text.slice(1) : text
}

function grouped(value: number): string {
  const rounded = Number.isInteger(value) ? String(value) : fixed(value, 1)
  const [whole = '', decimals] = rounded.split('.')
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f')
  return decimals === undefined ? groups : `${groups}.${decimals}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
