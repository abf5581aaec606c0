/**
 * What addresses say besides the path; what they do not say is as usual. Anything may stand in one that was written by
 * hand: what cannot be meant is left out.
 */
import { nameOfSeconds, secondsNamed, usualSeconds } from '../features/history/presets.ts'

/** How many seconds earlier the faint second picture is. */
export const ghostSeconds = { '1d': 86_400, '7d': 604_800 } as const

export type GhostName = keyof typeof ghostSeconds

export interface Search {
  /** How much the live charts show: `15m`, `all`. */
  window?: string
  /** The past, unix seconds; both or none. */
  from?: number
  to?: number
  /** The lines that are switched off: `panel:label,panel:label`. */
  hide?: string
  ghost?: GhostName
  /** For whoever opens the link; it does not change what that browser remembers. */
  theme?: 'dark' | 'light'
  /** The panels with an open table: `panel,panel`. */
  table?: string
}

export interface ConnectionSearch extends Search {
  /** The host whose stream is looked at; absent for the server's own. */
  host?: string
  /** 1 runs the checks at once: for a link that is sent to somebody. */
  run?: 1
}

/** Labels by panel. */
export type LabelsByPanel = Readonly<Record<string, readonly string[]>>

const longestList = 4000
/** Years from 1970 to 9999. */
const latestTime = 253_402_300_800

export function searchOf(given: Record<string, unknown>): Search {
  const { hide, ghost, theme, table } = given
  return {
    ...timesOf(given),
    ...(isList(hide) && { hide: String(hide) }),
    ...((ghost === '1d' || ghost === '7d') && { ghost }),
    ...((theme === 'dark' || theme === 'light') && { theme }),
    ...(isList(table) && { table: String(table) }),
  }
}

export function connectionSearchOf(given: Record<string, unknown>): ConnectionSearch {
  const { host, run } = given
  return {
    ...searchOf(given),
    // An address that somebody wrote by hand may hold a number, or anything.
    ...(typeof host === 'string' || typeof host === 'number' ? { host: String(host) } : {}),
    ...(run === 1 || run === true ? { run: 1 } : {}),
  }
}

/** From any page to the Connection page of a host. */
export function connectionSearch(old: Search, host: string | undefined): ConnectionSearch {
  return { ...searchOf({ ...old }), ...(host !== undefined && { host }) }
}

/** A live window of so many seconds; the usual one stands in no address. */
export function windowSearch(seconds: number): Search {
  return seconds === usualSeconds ? {} : { window: nameOfSeconds(seconds) }
}

/** A stretch of the past, to the millisecond: a link must not show one sample more or less. */
export function pastSearch(from: number, to: number): Search {
  const rounded = (time: number) => Math.round(time * 1000) / 1000
  return { from: rounded(from), to: rounded(to) }
}

/** `cpu:steal,network:eth0`. */
export function listOfHidden(hidden: LabelsByPanel): string {
  return Object.entries(hidden)
    .flatMap(([panel, labels]) => labels.map((label) => `${escaped(panel)}:${escaped(label)}`))
    .join(',')
}

export function hiddenInList(list: string | undefined): LabelsByPanel {
  const hidden: Record<string, string[]> = Object.create(null) as Record<string, string[]>
  for (const pair of list?.split(',') ?? []) {
    const [panel, label] = pair.split(':').map(unescaped)
    if (panel && label) (hidden[panel] ??= []).push(label)
  }
  return { ...hidden }
}

export function listOfTables(panels: readonly string[]): string {
  return panels.map(escaped).join(',')
}

export function tablesInList(list: string | undefined): readonly string[] {
  return (list?.split(',') ?? []).map(unescaped).filter((panel) => panel !== '')
}

function timesOf({ from, to, window }: Record<string, unknown>): Search {
  const [begin, end] = [Number(from ?? NaN), Number(to ?? NaN)]
  if (begin >= 0 && end > begin && end < latestTime) return { from: begin, to: end }
  const seconds = secondsNamed(window)
  return seconds === undefined ? {} : windowSearch(seconds)
}

function isList(value: unknown): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'string' && value !== '' && value.length <= longestList
}

/** Only what would be taken for a mark of the list: the address as a whole is escaped again. */
function escaped(name: string): string {
  return name.replace(/[%,:]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

function unescaped(name: string): string {
  return name.replace(/%(25|2C|3A)/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
}
