import { loadParts } from '../ui/lazyPart.tsx'

const latestMs = 2000
const pauseMs = 200

/** Loads what a click may need, when the page stands and has nothing else to do. */
export async function loadAhead(): Promise<void> {
  // What draws is needed first; where it is missing its panels say so.
  await import('../features/live/drawing.ts').catch(() => undefined)
  await idle()
  await loadParts()
}

function idle(): Promise<unknown> {
  return new Promise((resolve) => {
    // Safari has no such request.
    if ('requestIdleCallback' in window) window.requestIdleCallback(resolve, { timeout: latestMs })
    else setTimeout(resolve, pauseMs)
  })
}
