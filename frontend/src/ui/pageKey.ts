/** What of a key press decides. */
export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target' | 'defaultPrevented'
>

/** The key that is pressed on the page as a whole; undefined when it belongs to somebody: an input, a button, the browser. */
export function pageKeyOf(press: KeyPress): string | undefined {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey) return undefined
  const target = press.target instanceof Element ? press.target : undefined
  if (target?.closest('input, textarea, select, [contenteditable], dialog, [role=dialog], [role=menu]'))
    return undefined
  return press.key === ' ' && ownsSpace(target) ? undefined : press.key
}

/** A button is pressed with the space bar. The chosen one of a group is not: choosing it again does nothing. */
function ownsSpace(target: Element | undefined): boolean {
  return target?.matches('button:not([role=radio][aria-checked=true]), a, summary') ?? false
}
