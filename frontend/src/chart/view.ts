/**
 * What the page shows. live: the newest `span` seconds. fixed: a stretch of the past. playing: a stretch of the past
 * that moves on as if it were live; where it stands is `position`.
 */
export type View =
  | { readonly mode: 'live'; readonly span: number }
  | { readonly mode: 'fixed'; readonly from: number; readonly to: number }
  | { readonly mode: 'playing'; readonly span: number; readonly speed: number }

/** They show the same; playbacks wherever they stand. */
export function sameView(one: View, other: View): boolean {
  if (one.mode === 'fixed') return other.mode === 'fixed' && one.from === other.from && one.to === other.to
  return one.mode === other.mode && one.span === other.span
}
