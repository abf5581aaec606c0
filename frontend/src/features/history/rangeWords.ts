/** Stretches of time in words, in the viewer's zone. */
import { formatDuration, formatZone } from '../../chart/format.ts'
import { typedWhen } from './when.ts'

/** Below this the seconds of a stretch are said. */
const secondsBelow = 600

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** `today 14:00 – 15:00`, `Sat 21 Nov 23:30 – Sun 22 Nov 00:30`, with the year unless it is this one. */
export function rangeWords(from: number, to: number, nowSeconds: number): string {
  const precise = to - from < secondsBelow || from % 60 !== 0 || to % 60 !== 0
  const clock = (time: number) => clockWords(time, precise && to - from < 86_400)
  const begin = `${dayWords(from, nowSeconds)} ${clock(from)}`
  const sameDay = new Date(from * 1000).toDateString() === new Date(to * 1000).toDateString()
  return `${begin} – ${sameDay ? clock(to) : `${dayWords(to, nowSeconds)} ${clock(to)}`}`
}

/** `yesterday 14:00:05`. */
export function instantWords(time: number, nowSeconds: number): string {
  return `${dayWords(time, nowSeconds)} ${clockWords(time, true)}`
}

/** The zone of a stretch, both where the clocks were changed within it: `CEST – CET`. */
export function zoneWords(from: number, to: number): string {
  const [begin, end] = [formatZone(from), formatZone(to)]
  return begin === end ? begin : `${begin} – ${end}`
}

/** How long, in a word that stands well alone: `15 min`, `1 h`, `7 d`. */
export function lengthWords(seconds: number): string {
  return seconds < 1 ? `${seconds.toFixed(1)} s` : formatDuration(Math.round(seconds))
}

/** `today`, `yesterday`, `Sat 21 Nov`, `Sat 21 Nov 2025`. */
function dayWords(time: number, nowSeconds: number): string {
  const date = new Date(time * 1000)
  const now = new Date(nowSeconds * 1000)
  if (date.toDateString() === now.toDateString()) return 'today'
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (date.toDateString() === before.toDateString()) return 'yesterday'
  const day = `${weekday.format(date)} ${dayAndMonth.format(date)}`
  return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`
}

function clockWords(time: number, withSeconds: boolean): string {
  const clock = typedWhen(time).slice('0000-00-00 '.length)
  if (!withSeconds) return clock.slice(0, 'hh:mm'.length)
  return clock.length < 'hh:mm:ss'.length ? `${clock}:00` : clock
}
