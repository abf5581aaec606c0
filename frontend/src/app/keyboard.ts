import { pageKeyOf, type KeyPress } from '../ui/pageKey.ts'

/** What a key does. */
export type Command =
  | { kind: 'help' }
  | { kind: 'hold' }
  | { kind: 'theme' }
  | { kind: 'release' }
  | { kind: 'connection' }
  /** The preset at that place of the time bar, counted from 0. */
  | { kind: 'preset'; place: number }
  | { kind: 'host'; step: 1 | -1 }
  | { kind: 'live' }
  | { kind: 'ghost' }
  | { kind: 'range' }
  | { kind: 'link' }
  | { kind: 'step'; samples: 1 | -1 }
  | { kind: 'travel'; windows: 1 | -1 }
  | { kind: 'zoom'; factor: number }
  | { kind: 'speed'; step: 1 | -1 }

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
      { keys: ['1', '…', '8'], does: 'Show 1 minute and more, up to all that is kept, as the time bar says' },
      { keys: ['[', ']'], does: 'Previous and next host' },
      { keys: ['←', '→'], does: 'In a chart: move the crosshair; PgUp and PgDn by ten steps' },
      { keys: ['Home', 'End'], does: 'In a chart: to the oldest and newest sample shown' },
      { keys: ['Esc'], does: 'Let the crosshair go; close what is open' },
    ],
  },
  {
    title: 'The past',
    keys: [
      { keys: ['<', '>'], does: 'One window earlier, later' },
      { keys: ['-', '+'], does: 'Show twice as much, half as much' },
      { keys: ['d'], does: 'Choose a range or a day' },
      { keys: ['space'], does: 'Play what is shown, and hold it' },
      { keys: [',', '.'], does: 'One sample back, on' },
      { keys: ['(', ')'], does: 'Play slower, faster' },
      { keys: ['g'], does: 'Faint, behind it: yesterday, last week, off' },
      { keys: ['l'], does: 'Back to Live' },
      { keys: ['y'], does: 'Copy a link to exactly what is shown' },
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

const commands: Readonly<Record<string, Command>> = {
  ' ': { kind: 'hold' },
  '?': { kind: 'help' },
  t: { kind: 'theme' },
  c: { kind: 'connection' },
  Escape: { kind: 'release' },
  '[': { kind: 'host', step: -1 },
  ']': { kind: 'host', step: 1 },
  l: { kind: 'live' },
  g: { kind: 'ghost' },
  d: { kind: 'range' },
  y: { kind: 'link' },
  ',': { kind: 'step', samples: -1 },
  '.': { kind: 'step', samples: 1 },
  '<': { kind: 'travel', windows: -1 },
  '>': { kind: 'travel', windows: 1 },
  '-': { kind: 'zoom', factor: 2 },
  '+': { kind: 'zoom', factor: 0.5 },
  '=': { kind: 'zoom', factor: 0.5 },
  '(': { kind: 'speed', step: -1 },
  ')': { kind: 'speed', step: 1 },
}

/** What a key press asks for; undefined when it belongs to somebody else or means nothing. */
export function commandOf(press: KeyPress): Command | undefined {
  const key = pageKeyOf(press)
  if (key === undefined) return undefined
  if (/^[1-9]$/.test(key)) return { kind: 'preset', place: Number(key) - 1 }
  return Object.hasOwn(commands, key) ? commands[key] : undefined
}
