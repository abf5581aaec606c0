import { useSyncExternalStore } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { PastState } from '../../series/past.ts'
import { Button } from '../../ui/Button.tsx'
import { ticker } from '../../ui/ticker.ts'
import { useLasting } from '../../ui/useLasting.ts'
import { Banner } from './Banner.tsx'
import { isOverview } from './emptiness.ts'
import { useHistoryServices } from './services.ts'
import { usePast } from './useShown.ts'

/** A question that fails once is asked again before anybody could read of it. */
const failingMs = 1500
const slowMs = 6000
const everySecond = ticker(1000)

/** Says that what is wanted of the past does not come, why, and what stands in its place meanwhile. */
export function TroubleBanner({ host }: { host: HostSeries }) {
  const { past } = useHistoryServices()
  const { name } = host.host
  const isPast = usePast()
  const state = useSyncExternalStore(
    (listener) => past.subscribe(name, listener),
    () => past.state(name),
  )
  const { loading, problem } = state
  const failing = useLasting(problem !== undefined && (loading || isPast), failingMs)
  const slow = useLasting(loading, slowMs)
  return failing || slow ? <Trouble host={host} state={state} /> : null
}

function Trouble({ host, state: { problem, retryAt } }: { host: HostSeries; state: PastState }) {
  const { past, window, retryPast } = useHistoryServices()
  const overview = useSyncExternalStore(
    (listener) => {
      const stops = [past.subscribe(host.host.name, listener), window.follow(listener)]
      return () => stops.forEach((stop) => stop())
    },
    () => isOverview(window, host, past),
  )
  return (
    <Banner
      tone={problem === undefined ? 'quiet' : 'warn'}
      title={problem === undefined ? 'The past is slow to come.' : `The past could not be read: ${problem}.`}
      actions={problem !== undefined && <Button onClick={retryPast}>Retry</Button>}
    >
      {overview && 'What is shown of it is only an overview.'}
      {retryAt !== undefined && <Countdown to={retryAt} />}
    </Banner>
  )
}

/** Not read aloud: each second, it would drown all else. */
function Countdown({ to }: { to: number }) {
  const { serverSeconds } = useHistoryServices()
  const left = useSyncExternalStore(everySecond, () => Math.max(0, Math.ceil(to - serverSeconds())))
  return <span aria-hidden="true">{left > 0 ? ` Trying again in ${left} s.` : ' Trying again.'}</span>
}
