import { useSyncExternalStore } from 'react'
import type { View } from '../../chart/timeWindow.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { ticker } from '../../ui/ticker.ts'
import { rangeWords, zoneWords } from './rangeWords.ts'
import { useHistoryServices } from './services.ts'
import type { HistoryKnown } from './historyFacts.ts'

const everySecond = ticker(1000)

/** What is shown; whoever uses it renders again when that changes, not while a playback moves on. */
export function useView(): View {
  const { window } = useHistoryServices()
  return useSyncExternalStore(window.subscribe, () => window.view)
}

/** The page shows the past, still or played. */
export function usePast(): boolean {
  const { window } = useHistoryServices()
  return useSyncExternalStore(window.subscribe, () => window.mode !== 'live')
}

export function usePaused(): boolean {
  const { window } = useHistoryServices()
  return useSyncExternalStore(window.subscribe, () => window.paused)
}

/** How many seconds earlier the faint second picture is; 0 for none. */
export function useGhost(): number {
  const { window } = useHistoryServices()
  return useSyncExternalStore(window.subscribe, () => window.ghost)
}

/** The end of what is shown, in whole seconds; NaN while there is nothing. It follows a playback. */
export function useShownEnd(host: HostSeries | undefined): number {
  const { window } = useHistoryServices()
  return useSyncExternalStore(window.follow, () => (host ? Math.round(window.range(host).to) : Number.NaN))
}

/** The stretch of the past that is shown, in words; empty while the page is live. */
export function usePastWords(host: HostSeries | undefined): { range: string; zone: string } {
  const { window, serverSeconds } = useHistoryServices()
  const words = useSyncExternalStore(window.follow, () => {
    if (!host || window.mode === 'live') return '\n'
    const { from, to } = window.range(host)
    if (Number.isNaN(to)) return '\n'
    return `${rangeWords(from, to, serverSeconds())}\n${zoneWords(from, to)}`
  })
  const [range = '', zone = ''] = words.split('\n')
  return { range, zone }
}

/** How many seconds the end of what is shown lies behind the present, looked at each second. */
export function useBehind(host: HostSeries | undefined): number {
  const { window, serverSeconds } = useHistoryServices()
  return useSyncExternalStore(everySecond, () =>
    host ? Math.max(0, Math.round(serverSeconds() - window.range(host).to)) : Number.NaN,
  )
}

/** What the server says of its history; asked for as long as somebody uses it. */
export function useHistoryKnown(): HistoryKnown {
  const { facts } = useHistoryServices()
  return useSyncExternalStore(facts.subscribe, () => facts.known)
}

/** Seconds of the past that the time bar offers: what the server keeps at most; 0 without a history. */
export function useKeptSeconds(): number {
  const { kind, status } = useHistoryKnown()
  if (kind === 'off') return 0
  // Until the server has said: as long as it keeps by itself, so that the bar does not change on nearly all pages.
  return status?.retentionTime ?? usualRetentionSeconds
}

const usualRetentionSeconds = 15 * 86_400
