import { spans, type SpanName } from './span.ts'

/** What a key does on the page. */
export type Command =
  | { kind: 'help' }
  | { kind: 'pause' }
  | { kind: 'theme' }
  | { kind: 'release' }
  | { kind: 'span'; span: SpanName }
  | { kind: 'host'; step: 1 | -1 }

/** What of a key press decides. */
export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target' | 'defaultPrevented'
>

/** The list that the help shows, in its order. */
export const keyHelp: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ['space'], does: 'Pause and resume the picture; data goes on collecting' },
  { keys: ['1', '2', '3', '4'], does: 'Show 1, 5, 15 minutes, or all there is' },
  { keys: ['[', ']'], does: 'Previous and next host (also h and l)' },
  { keys: ['t'], does: 'Theme: dark, light, as the system' },
  { keys: ['←', '→'], does: 'In a chart: move the crosshair; with Shift ten steps' },
  { keys: ['Home', 'End'], does: 'In a chart: to the oldest and newest sample shown' },
  { keys: ['Esc'], does: 'Let the crosshair go; close what is open' },
  { keys: ['?'], does: 'This list' },
]

/** What a key press asks for; undefined when it belongs to somebody else: an input, a button, the browser. */
export function commandOf(press: KeyPress): Command | undefined {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey) return undefined
  const target = press.target instanceof Element ? press.target : undefined
  if (target?.closest('input, textarea, select, [contenteditable], dialog, [role=menu]')) return undefined
  if (press.key === ' ') return ownsSpace(target) ? undefined : { kind: 'pause' }
  return commandOfKey(press.key)
}

function commandOfKey(key: string): Command | undefined {
  switch (key) {
    case '?':
      return { kind: 'help' }
    case 't':
      return { kind: 'theme' }
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

/** A button is pressed with the space bar. The chosen one of a group is not: choosing it again does nothing. */
function ownsSpace(target: Element | undefined): boolean {
  return target?.matches('button:not([role=radio][aria-checked=true]), a, summary') ?? false
}
