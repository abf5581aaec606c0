/** What of the past comes after the first paint, at once: who chooses a range plays it soon. */
export { Player } from './Player.tsx'
export { RangePanel } from './RangePanel.tsx'
