/** The address of the Live page and what is shown there, kept in step: either can lead. */
import type { TimeWindow, View } from '../chart/timeWindow.ts'
import { secondsNamed, usualSeconds } from '../features/history/presets.ts'
import { rememberedHiddenLines, useHiddenLines } from '../features/live/hiddenLines.ts'
import { useOpenTables } from '../features/live/openTables.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import {
  ghostSeconds,
  hiddenInList,
  listOfHidden,
  listOfTables,
  pastSearch,
  tablesInList,
  windowSearch,
  type GhostName,
  type Search,
} from './search.ts'
import type { ThemeSwitch } from './theme.ts'

export interface Shown {
  window: TimeWindow
  theme: ThemeSwitch
}

/** Shows what an address says. One that says nothing is no link: there, what this browser remembers holds. */
export function showAddress(search: Search, { window, theme }: Shown): void {
  const plain = Object.keys(search).length === 0
  if (!showsSame(search, window)) window.adopt(viewOf(search))
  window.setGhost(search.ghost === undefined ? 0 : ghostSeconds[search.ghost])
  theme.lend(search.theme)
  const { byPanel, replace } = useHiddenLines.getState()
  const hidden = plain ? rememberedHiddenLines() : hiddenInList(search.hide)
  if (listOfHidden(hidden) !== listOfHidden(byPanel)) replace(hidden)
  const tables = useOpenTables.getState()
  if (listOfTables(tables.panels) !== (search.table ?? '')) tables.replace(tablesInList(search.table))
}

/** What the address has to say of what is shown. `host` tells where a playback is. */
export function addressOf({ window, theme }: Shown, host: HostSeries | undefined): Search {
  return { ...timesOf(window, host), ...choices(window), ...(theme.lent && { theme: theme.lent }) }
}

/** The same for somebody else and for later: a live window becomes the stretch that it shows now. */
export function linkOf({ window, theme }: Shown, host: HostSeries | undefined): Search {
  const range = host && window.range(host)
  const times = range && range.to > range.from ? pastSearch(range.from, range.to) : timesOf(window, host)
  return { ...times, ...choices(window), ...(theme.forLink && { theme: theme.forLink }) }
}

/** Tells of whatever the address speaks of. The result ends it. */
export function onShownChange({ window, theme }: Shown, listener: () => void): () => void {
  const stops = [
    window.follow(listener),
    theme.subscribe(listener),
    useHiddenLines.subscribe(listener),
    useOpenTables.subscribe(listener),
  ]
  return () => stops.forEach((stop) => stop())
}

/** They say the same. */
export function sameSearch(one: Search, other: Search): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof Search>
  return [...names].every((name) => one[name] === other[name])
}

/** Another time is a place to come back to; another choice, or another length of the present, is not. */
export function isNewPlace(before: Search, after: Search): boolean {
  if (before.from === undefined && after.from === undefined) return false
  return before.from !== after.from || before.to !== after.to
}

function timesOf(window: TimeWindow, host: HostSeries | undefined): Search {
  const { view } = window
  if (view.mode === 'live') return windowSearch(view.span)
  if (view.mode === 'fixed') return pastSearch(view.from, view.to)
  const { from, to } = host ? window.range(host) : { from: Number.NaN, to: Number.NaN }
  return to > from ? pastSearch(from, to) : {}
}

function choices(window: TimeWindow): Search {
  const hide = listOfHidden(useHiddenLines.getState().byPanel)
  const table = listOfTables(useOpenTables.getState().panels)
  const ghost = ghostNamed(window.ghost)
  return { ...(hide !== '' && { hide }), ...(ghost && { ghost }), ...(table !== '' && { table }) }
}

function ghostNamed(seconds: number): GhostName | undefined {
  const names = Object.keys(ghostSeconds) as GhostName[]
  return names.find((name) => ghostSeconds[name] === seconds)
}

function viewOf({ from, to, window }: Search): Exclude<View, { mode: 'playing' }> {
  if (from !== undefined && to !== undefined) return { mode: 'fixed', from, to }
  return { mode: 'live', span: secondsNamed(window) ?? usualSeconds }
}

/** An address is rounded: what it names may be shown to the millisecond already. */
function showsSame(search: Search, window: TimeWindow): boolean {
  const { from, to, window: length } = timesOf(window, undefined)
  return from === search.from && to === search.to && length === search.window && window.mode !== 'playing'
}
