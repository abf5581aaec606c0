import type { Fold } from './useFold.ts'

/** Shows the rest of a list; nothing where there is none. */
export function FoldButton({ fold, of }: { fold: Fold<unknown>; of: string }) {
  if (fold.words === undefined) return null
  return (
    <button
      type="button"
      onClick={fold.toggle}
      aria-label={`${fold.words} of ${of}`}
      className="rounded-sm py-0.5 text-left text-small text-accent hover:underline"
    >
      {fold.words}
    </button>
  )
}
