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
