/** What the browser tells of the page and the network; tests bring their own. */
export interface PageSignals {
  /** False when the browser knows that there is no network. Loopback may work all the same. */
  online(): boolean
  /** Tells that the tab became visible, or that the network came or went. The result ends it. */
  subscribe(listener: (signal: 'visible' | 'online' | 'offline') => void): () => void
}

export const browserPage: PageSignals = {
  online: () => navigator.onLine,
  subscribe(listener) {
    const onVisibility = () => {
      if (document.visibilityState === 'visible') listener('visible')
    }
    const onOnline = () => listener('online')
    const onOffline = () => listener('offline')
    document.addEventListener('visibilitychange', onVisibility)
    window.addEventListener('online', onOnline)
    window.addEventListener('offline', onOffline)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('online', onOnline)
      window.removeEventListener('offline', onOffline)
    }
  },
}
