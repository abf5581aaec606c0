/**
 * A beat for what shows time going by (React's `useSyncExternalStore`): one timer however many listen, none while nobody
 * does, and no word while the page is hidden.
 */
export function ticker(everyMs: number): (listener: () => void) => () => void {
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  const tell = () => {
    if (document.visibilityState === 'hidden') return
    for (const listener of listeners) listener()
  }
  return (listener) => {
    const own = () => listener()
    listeners.add(own)
    timer ??= setInterval(tell, everyMs)
    return () => {
      listeners.delete(own)
      if (listeners.size > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }
}
