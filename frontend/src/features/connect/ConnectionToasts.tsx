import { useEffect, useState } from 'react'
import { formatClock } from '../../chart/format.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Button } from '../../ui/Button.tsx'
import { Toast, ToastCorner } from '../../ui/Toast.tsx'
import { useConnectServices } from './services.ts'
import { useConnection } from './useFreshness.ts'
import { patienceMs, useLasting } from './useLasting.ts'
import { reasonOf, untilRetry } from './words.ts'

/** What has to be said of the connection: that it is gone for a while, that it is refused, that the app is old. */
export function ConnectionToasts({ host }: { host: HostSeries | undefined }) {
  const { appChanged, state } = useConnection()
  const lost = useLasting(state !== 'live' && state !== 'refused', patienceMs)
  return (
    <ToastCorner>
      {lost && <LostToast host={host} />}
      {state === 'refused' && host && <RefusedToast />}
      {appChanged && <ReloadToast />}
    </ToastCorner>
  )
}

function LostToast({ host }: { host: HostSeries | undefined }) {
  const { session } = useConnectServices()
  const status = useConnection()
  const newest = host?.newestTime ?? Number.NaN
  const last = Number.isNaN(newest) ? '' : ` Last values of ${formatClock(newest)}.`
  return (
    <Toast
      tone={status.state === 'offline' ? 'bad' : 'warn'}
      title={status.state === 'offline' ? 'No network' : 'No connection to the server'}
      actions={
        <Button primary onClick={() => session.retryNow()}>
          Try now
        </Button>
      }
    >
      <Sentence>{reasonOf(status)}</Sentence>
      {last} Next attempt <Countdown />.
    </Toast>
  )
}

function Sentence({ children }: { children: string }) {
  return `${children.charAt(0).toUpperCase()}${children.slice(1)}.`
}

function Countdown() {
  const status = useConnection()
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  // Read aloud each second, it would drown all else.
  return <span aria-hidden="true">{untilRetry(status, now)}</span>
}

function RefusedToast() {
  const { session } = useConnectServices()
  const status = useConnection()
  return (
    <Toast
      tone="bad"
      title="The server refused this page"
      actions={<Button onClick={() => session.retryNow()}>Try again</Button>}
    >
      <Sentence>{reasonOf(status)}</Sentence>
    </Toast>
  )
}

function ReloadToast() {
  const { reload } = useConnectServices()
  const [dismissed, setDismissed] = useState(false)
  if (dismissed) return null
  return (
    <Toast
      tone="quiet"
      title="A newer version is there"
      actions={
        <>
          <Button primary onClick={reload}>
            Reload
          </Button>
          <Button onClick={() => setDismissed(true)}>Later</Button>
        </>
      }
    >
      The server was updated; this page is of the version before.
    </Toast>
  )
}
