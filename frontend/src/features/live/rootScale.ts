import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('resize', listener)
  return () => window.removeEventListener('resize', listener)
}

/** How much larger than usual the type of the page is, as on a wall: canvases are sized in pixels and must follow. */
export function useRootScale(): number {
  return useSyncExternalStore(
    subscribe,
    () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1,
  )
}
