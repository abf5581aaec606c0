/**
 * Instants as people type them, in the viewer's zone: `2026-11-21 14:00`, `21 Nov 14:00`, `yesterday 14:00`, `fri 9am`,
 * `14:00`, `-6h`, `2 hours ago`, `now`, RFC 3339, unix seconds. Without a year, a day or both it is the latest such
 * instant that is not in the future. Orders that two countries read differently (`03/04`) are refused.
 */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

interface Day {
  year: number
  month: number
  day: number
}

interface TimeOfDay {
  hours: number
  minutes: number
  seconds: number
}

/** Unix seconds; undefined for what is no instant. `nowSeconds` is what relative ones count from. */
export function parseWhen(typed: string, nowSeconds: number): number | undefined {
  const text = typed.trim().toLowerCase().replace(/\s+/g, ' ')
  if (text === '') return undefined
  return relative(text, nowSeconds) ?? absolute(text) ?? dayAndTime(text, nowSeconds)
}

/** As a field shows an instant, and as parseWhen reads it back: `2026-11-21 14:00:05`. */
export function typedWhen(seconds: number): string {
  const date = new Date(Math.round(seconds) * 1000)
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join('-')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two)
  return `${day} ${clock.slice(0, clock[2] === '00' ? 2 : 3).join(':')}`
}

/** `-6h`, `-1h 30m`, `2 hours ago`, `now`. */
function relative(text: string, now: number): number | undefined {
  if (text === 'now') return now
  const ago = text.endsWith(' ago')
  if (!ago && !/^[-−]/.test(text)) return undefined
  const length = secondsIn(text.replace(/^[-−] ?| ago$/g, ''))
  return length === undefined ? undefined : now - length
}

/** The length of `1h 30m`, `90 min`, `2 hours`, `1.5d`. */
export function secondsIn(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?) ?([a-z]+) ?/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  let seconds = 0
  for (const [, amount, word = ''] of parts) {
    if (!/^(s|m|h|d|w|secs?|mins?|hrs?|seconds?|minutes?|hours?|days?|weeks?)$/.test(word)) return undefined
    seconds += Number(amount) * unitSeconds[word.charAt(0) as keyof typeof unitSeconds]
  }
  return seconds
}

/** RFC 3339 with its zone, and unix seconds or milliseconds. */
function absolute(text: string): number | undefined {
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Number(text)
  if (/^\d{12,13}$/.test(text)) return Number(text) / 1000
  if (!/^\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d(\.\d+)?)?(z|[+-]\d\d:?\d\d)$/.test(text)) return undefined
  return finite(Date.parse(text.toUpperCase().replace(' ', 'T')) / 1000)
}

/** A day, a time of day, or both, in either order. */
function dayAndTime(text: string, now: number): number | undefined {
  const { clock, rest } = splitClock(text)
  if (clock === null) return undefined
  const words = rest.replace(/( |,|\b(at|on|of)\b)+/g, ' ').trim()
  if (words === '') return clock && timeOnly(clock, now)
  const day = dayOf(words, now)
  return day && instant(day, clock ?? { hours: 0, minutes: 0, seconds: 0 })
}

/** Takes the time of day out of a text. null: there is something like one that is none, as 25:00. */
function splitClock(text: string): { clock: TimeOfDay | null | undefined; rest: string } {
  const found = /(?:^|[ t])(\d{1,2})(?::(\d\d))?(?::(\d\d))? ?(am|pm)?$/.exec(text) ?? startingClock(text)
  const [whole, hours, minutes, seconds, half] = found ?? []
  // A number alone is a day of a month and no hour.
  if (whole === undefined || (minutes === undefined && half === undefined))
    return { clock: undefined, rest: text }
  const clock = {
    hours: (Number(hours) % (half ? 12 : 24)) + (half === 'pm' ? 12 : 0),
    minutes: Number(minutes ?? 0),
    seconds: Number(seconds ?? 0),
  }
  const wrong = Number(hours) > (half ? 12 : 23) || clock.minutes > 59 || clock.seconds > 59
  return { clock: wrong ? null : clock, rest: text.replace(whole, ' ').trim() }
}

function startingClock(text: string): RegExpExecArray | null {
  return /^(\d{1,2})(?::(\d\d))(?::(\d\d))? ?(am|pm)?(?= )/.exec(text)
}

function timeOnly(clock: TimeOfDay, now: number): number {
  const today = instant(dayAt(now), clock)
  if (today !== undefined && today <= now) return today
  return instant(shifted(dayAt(now), -1), clock) ?? now
}

function dayOf(words: string, now: number): Day | undefined {
  if (words === 'today') return dayAt(now)
  if (words === 'yesterday') return shifted(dayAt(now), -1)
  return weekday(words, now) ?? numbered(words, now) ?? named(words, now)
}

/** The last day of that name; today's name is today. */
function weekday(words: string, now: number): Day | undefined {
  const name = /^(?:last )?(sun|mon|tue|wed|thu|fri|sat)[a-z]*$/.exec(words)?.[1]
  if (name === undefined) return undefined
  const back = (new Date(now * 1000).getDay() - weekdays.indexOf(name) + 7) % 7
  return shifted(dayAt(now), words.startsWith('last ') && back === 0 ? -7 : -back)
}

/** `2026-11-21`, `21.11.2026`, `21.11.`. */
function numbered(words: string, now: number): Day | undefined {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(words)
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const dotted = /^(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{4}))?$/.exec(words)
  return dotted ? latest(Number(dotted[1]), Number(dotted[2]), dotted[3], now) : undefined
}

/** `21 Nov`, `Nov 21`, `21 November 2026`, with or without the name of the day. */
function named(words: string, now: number): Day | undefined {
  const plain = words
    .replace(/^(sun|mon|tue|wed|thu|fri|sat)[a-z]* /, '')
    .replace(/(\d)(st|nd|rd|th)\b/, '$1')
  const found =
    /^(?<day>\d{1,2})\.? (?<month>[a-z]{3,})\.?(?: (?<year>\d{4}))?$/.exec(plain) ??
    /^(?<month>[a-z]{3,})\.? (?<day>\d{1,2})(?: (?<year>\d{4}))?$/.exec(plain)
  const { day, month = '', year } = found?.groups ?? {}
  const index = months.indexOf(month.slice(0, 3))
  return index < 0 ? undefined : latest(Number(day), index + 1, year, now)
}

/** Without a year the last such day that is not in the future. */
function latest(day: number, month: number, year: string | undefined, now: number): Day | undefined {
  if (year !== undefined) return real(Number(year), month, day)
  const thisYear = new Date(now * 1000).getFullYear()
  const here = real(thisYear, month, day)
  if (here && startOf(here) <= now) return here
  return real(thisYear - 1, month, day)
}

/** The day, unless there is none such: 30 February. */
function real(year: number, month: number, day: number): Day | undefined {
  const date = new Date(year, month - 1, day)
  return date.getMonth() === month - 1 && date.getDate() === day ? { year, month, day } : undefined
}

function dayAt(seconds: number): Day {
  const date = new Date(seconds * 1000)
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() }
}

function shifted({ year, month, day }: Day, days: number): Day {
  return dayAt(new Date(year, month - 1, day + days, 12).getTime() / 1000)
}

function startOf({ year, month, day }: Day): number {
  return new Date(year, month - 1, day).getTime() / 1000
}

function instant({ year, month, day }: Day, { hours, minutes, seconds }: TimeOfDay): number | undefined {
  return finite(new Date(year, month - 1, day, hours, minutes, seconds).getTime() / 1000)
}

function finite(seconds: number): number | undefined {
  return Number.isFinite(seconds) ? seconds : undefined
}

function two(part: number): string {
  return String(part).padStart(2, '0')
}
