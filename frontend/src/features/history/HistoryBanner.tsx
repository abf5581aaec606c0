import { useState, useSyncExternalStore } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Button } from '../../ui/Button.tsx'
import { Banner } from './Banner.tsx'
import { instantWords } from './rangeWords.ts'
import { useHistoryServices } from './services.ts'
import { damageWords, stateWords } from './statusWords.ts'
import { emptinessOf, type Emptiness } from './emptiness.ts'
import { TroubleBanner } from './TroubleBanner.tsx'
import { useHistoryKnown } from './useShown.ts'

/** What has to be said of the history before anything else: that it is not written, damaged, or has nothing to show here. */
export function HistoryBanner({ host, gone }: { host: HostSeries | undefined; gone: boolean }) {
  return (
    <>
      <StateBanner />
      <DamageBanner />
      {host && <TroubleBanner host={host} />}
      {host && <EmptyBanner host={host} gone={gone} />}
    </>
  )
}

function StateBanner() {
  const { tone, word, meaning, remedy } = stateWords(useHistoryKnown())
  if (tone !== 'bad') return null
  return (
    <Banner tone="bad" title={`History: ${word}.`}>
      {meaning} {remedy}
    </Banner>
  )
}

/** Until it is dismissed: what was damaged stays told on the Connection page. */
function DamageBanner() {
  const { status } = useHistoryKnown()
  const words = damageWords(status)
  const [dismissed, setDismissed] = useState('')
  if (words === '' || dismissed === words) return null
  return (
    <Banner
      tone="warn"
      title={`${words}.`}
      actions={<Button onClick={() => setDismissed(words)}>Dismiss</Button>}
    >
      What could be read is shown; the rest was put aside, and nothing was deleted. The Connection page names
      the files.
    </Banner>
  )
}

/** `gone`: the host has no present any more. */
function EmptyBanner({ host, gone }: { host: HostSeries; gone: boolean }) {
  const { window, past, serverSeconds } = useHistoryServices()
  const known = useHistoryKnown()
  const emptiness = useSyncExternalStore(
    (listener) => {
      const stops = [past.subscribe(host.host.name, listener), window.follow(listener)]
      return () => stops.forEach((stop) => stop())
    },
    () => emptinessOf(window, host, past, known),
  )
  const recorded = known.hosts.find((one) => one.host.name === host.host.name)
  if (emptiness === undefined) return null
  const length = Math.min(window.span, 3600)
  return (
    <Banner
      tone="quiet"
      title={titles[emptiness]}
      actions={
        <>
          {recorded && emptiness === 'before' && (
            <Button onClick={() => window.show(recorded.oldest, recorded.oldest + length)}>
              To the oldest
            </Button>
          )}
          <Button onClick={() => window.live()}>{gone ? 'To the newest' : 'Back to Live'}</Button>
        </>
      }
    >
      {recorded &&
        emptiness !== 'off' &&
        `What is recorded of ${host.host.name} reaches from ${instantWords(recorded.oldest, serverSeconds())} to ${instantWords(recorded.newest, serverSeconds())}.`}
      {emptiness === 'off' && 'The page shows what it has seen itself, and that does not reach back so far.'}
    </Banner>
  )
}

const titles: Record<Emptiness, string> = {
  before: 'That is before the oldest that is recorded.',
  empty: 'Nothing was recorded in this range.',
  off: 'This server keeps no history.',
}
