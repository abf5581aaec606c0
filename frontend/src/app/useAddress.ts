import { useEffect, useLayoutEffect, useRef } from 'react'
import type { HostSeries } from '../series/hostSeries.ts'
import { addressOf, isNewPlace, onShownChange, sameSearch, showAddress } from './address.ts'
import type { Search } from './search.ts'
import { useServices } from './services.ts'

/** A drag, a wheel, a scrub goes on as long as something changes within this time. */
const settledMs = 350

/** Goes to an address. `replace`: it is no place of its own in the history of the browser. */
export type GoTo = (search: Search, replace: boolean) => void

/**
 * Keeps the address and what is shown in step. What the viewer does stands in the address as soon as it has settled; a
 * playback does when it stands. Back and forward show what the address says.
 */
export function useAddress(search: Search, host: HostSeries | undefined, goTo: GoTo): void {
  const { live, theme } = useServices()
  const { window } = live
  const latest = useRef({ search, host, goTo })
  useLayoutEffect(() => {
    latest.current = { search, host, goTo }
  })
  const said = JSON.stringify(search)
  const first = useRef(true)
  useLayoutEffect(() => {
    const shown = { window, theme }
    const { search: wanted, host: current } = latest.current
    // The first address counts in any case: one that says nothing may still mean what the browser remembers.
    if (first.current || !sameSearch(wanted, addressOf(shown, current))) showAddress(wanted, shown)
    first.current = false
  }, [said, window, theme])
  useEffect(() => {
    const shown = { window, theme }
    let timer: ReturnType<typeof setTimeout> | undefined
    const write = () => {
      const { search: old, host: current, goTo: go } = latest.current
      const next = addressOf(shown, current)
      if (!sameSearch(old, next)) go(next, !isNewPlace(old, next))
    }
    const settle = () => {
      clearTimeout(timer)
      timer = setTimeout(write, settledMs)
    }
    // What was shown when the page came up may say more than the address does.
    settle()
    const stop = onShownChange(shown, settle)
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [window, theme])
}
