import { useEffect } from 'react'

/** Names the page in the tab: `web-1 · Vitals`. */
export function usePageTitle(name: string | undefined): void {
  useEffect(() => {
    document.title = name === undefined ? 'Vitals' : `${name} · Vitals`
  }, [name])
}
