/** The lengths of time that the page offers, and how an address names any length. */

export interface Preset {
  /** As in an address: `15m`. */
  name: string
  /** Infinity for all that the server keeps in memory. */
  seconds: number
  /** In a list. */
  title: string
}

const minute = 60
const hour = 60 * minute
const day = 24 * hour

const lengths: readonly Preset[] = [
  { name: '1m', seconds: minute, title: 'Last minute' },
  { name: '5m', seconds: 5 * minute, title: 'Last 5 minutes' },
  { name: '15m', seconds: 15 * minute, title: 'Last 15 minutes' },
  { name: '1h', seconds: hour, title: 'Last hour' },
  { name: '6h', seconds: 6 * hour, title: 'Last 6 hours' },
  { name: '24h', seconds: day, title: 'Last 24 hours' },
  { name: '7d', seconds: 7 * day, title: 'Last 7 days' },
  { name: '30d', seconds: 30 * day, title: 'Last 30 days' },
  { name: '90d', seconds: 90 * day, title: 'Last 90 days' },
  { name: '365d', seconds: 365 * day, title: 'Last year' },
]

/** What a page without history shows at most: the rows that it holds. */
const all: Preset = { name: 'all', seconds: Infinity, title: 'All there is' }
const heldSeconds = 15 * minute

/** As many as the bar has room for on a phone, beside the longest. */
const mostInBar = 7

export const usualSeconds = 5 * minute

/**
 * All that make sense: up to what is kept, in seconds, and that itself; 0 where nothing is kept but what the page holds.
 */
export function presetsFor(keptSeconds: number): readonly Preset[] {
  if (!(keptSeconds > 0)) return [...lengths.filter(({ seconds }) => seconds <= heldSeconds), all]
  const least = lengths.slice(0, 4)
  const shorter = lengths.slice(4).filter(({ seconds }) => seconds < keptSeconds)
  return keptSeconds > hour ? [...least, ...shorter, presetOf(keptSeconds)] : least
}

/** Those that stand in the bar; the others stand in the list behind it. */
export function barPresets(keptSeconds: number): readonly Preset[] {
  const presets = presetsFor(keptSeconds)
  return [...presets.slice(0, mostInBar), ...presets.slice(mostInBar).slice(-1)]
}

/** A length for which there may be no usual preset: `Last 15 days`, `Last 36 hours`. */
function presetOf(seconds: number): Preset {
  const name = nameOfSeconds(seconds)
  const usual = lengths.find((one) => one.name === name)
  const title = name.replace(/\D$/, (unit) => ` ${unitWords[unit as keyof typeof units]}`)
  return usual ?? { name, seconds, title: `Last ${title}` }
}

const units = { s: 1, m: minute, h: hour, d: day } as const
const unitWords = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days' } as const

/** The seconds of `15m`, `90s`, `7d`, `all`; undefined for what is no length. */
export function secondsNamed(name: unknown): number | undefined {
  if (name === all.name) return Infinity
  const found = typeof name === 'string' ? /^(\d{1,9})([smhd])$/.exec(name) : null
  const seconds = found ? Number(found[1]) * units[found[2] as keyof typeof units] : 0
  return seconds > 0 ? seconds : undefined
}

/** A length as an address names it: the name of a preset where there is one, else in whole seconds, minutes, hours or days. */
export function nameOfSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return all.name
  const whole = Math.max(1, Math.round(seconds))
  const preset = lengths.find((one) => one.seconds === whole)
  if (preset) return preset.name
  if (whole % day === 0) return `${whole / day}d`
  if (whole % hour === 0) return `${whole / hour}h`
  return whole % minute === 0 ? `${whole / minute}m` : `${whole}s`
}
