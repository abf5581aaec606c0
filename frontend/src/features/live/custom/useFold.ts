import { useState } from 'react'

export interface Fold<Item> {
  shown: readonly Item[]
  /** The words of the button that shows the rest, or hides it again; undefined where there is no rest. */
  words: string | undefined
  toggle: () => void
}

/** The first so many of a list, and the rest on demand. One more than `most` is not worth a button. */
export function useFold<Item>(items: readonly Item[], most: number): Fold<Item> {
  const [open, setOpen] = useState(false)
  const folds = items.length > most + 1
  return {
    shown: folds && !open ? items.slice(0, most) : items,
    words: folds ? (open ? 'Show fewer' : `Show ${items.length - most} more`) : undefined,
    toggle: () => setOpen(!open),
  }
}
