import { spans, type SpanName } from '../features/live/span.ts'
import { pageKeyOf, type KeyPress } from '../ui/pageKey.ts'

/** What a key does. */
export type Command =
  | { kind: 'help' }
  | { kind: 'pause' }
  | { kind: 'theme' }
  | { kind: 'release' }
  | { kind: 'connection' }
  | { kind: 'span'; span: SpanName }
  | { kind: 'host'; step: 1 | -1 }

export interface KeyGroup {
  title: string
  keys: readonly { keys: readonly string[]; does: string }[]
}

/** The list that the help shows, in its order. */
export const keyHelp: readonly KeyGroup[] = [
  {
    title: 'Live',
    keys: [
      { keys: ['space'], does: 'Pause and resume the picture; data goes on collecting' },
      { keys: ['1', '2', '3', '4'], does: 'Show 1, 5, 15 minutes, or all there is' },
      { keys: ['[', ']'], does: 'Previous and next host (also h and l)' },
      { keys: ['←', '→'], does: 'In a chart: move the crosshair; with Shift ten steps' },
      { keys: ['Home', 'End'], does: 'In a chart: to the oldest and newest sample shown' },
      { keys: ['Esc'], does: 'Let the crosshair go; close what is open' },
    ],
  },
  {
    title: 'Connection',
    keys: [
      { keys: ['c'], does: 'To the Connection page, and back' },
      { keys: ['r'], does: 'There: run the checks, or stop them' },
      { keys: ['y'], does: 'There: copy the report' },
    ],
  },
  {
    title: 'Everywhere',
    keys: [
      { keys: ['t'], does: 'Theme: dark, light, as the system' },
      { keys: ['?'], does: 'This list' },
    ],
  },
]

/** What a key press asks for; undefined when it belongs to somebody else or means nothing. */
export function commandOf(press: KeyPress): Command | undefined {
  const key = pageKeyOf(press)
  switch (key) {
    case undefined:
      return undefined
    case ' ':
      return { kind: 'pause' }
    case '?':
      return { kind: 'help' }
    case 't':
      return { kind: 'theme' }
    case 'c':
      return { kind: 'connection' }
    case 'Escape':
      return { kind: 'release' }
    case '[':
    case 'h':
      return { kind: 'host', step: -1 }
    case ']':
    case 'l':
      return { kind: 'host', step: 1 }
    default: {
      const span = spans[Number(key) - 1]
      return span && { kind: 'span', span: span.name }
    }
  }
}
