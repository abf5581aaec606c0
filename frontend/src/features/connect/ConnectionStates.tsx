import { CloudOff, ShieldX } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { StatePage } from '../../ui/StatePage.tsx'
import { useConnectServices } from './services.ts'
import { useConnection } from './useFreshness.ts'
import { reasonOf } from './words.ts'

/** Stands for the page while the server does not want this client and there is nothing to show. */
export function RefusedState({ onServer }: { onServer: () => void }) {
  const { session, serverAddress } = useConnectServices()
  const status = useConnection()
  return (
    <StatePage
      icon={<ShieldX className="size-6 text-crit" />}
      title="The server refused this page"
      actions={
        <>
          <Button primary onClick={() => session.retryNow()}>
            Try again
          </Button>
          <Button onClick={onServer}>Another server…</Button>
        </>
      }
    >
      <p>{serverAddress}</p>
      <p className="mt-2 text-text">{reasonOf(status)}</p>
    </StatePage>
  )
}

/** Stands for the page while the server has never answered. */
export function UnreachableState({ onServer }: { onServer: () => void }) {
  const { session, serverAddress, servedPage } = useConnectServices()
  const status = useConnection()
  return (
    <StatePage
      icon={<CloudOff className="size-6" />}
      title={status.state === 'offline' ? 'No network' : 'The server does not answer'}
      actions={
        <>
          <Button primary onClick={() => session.retryNow()}>
            Try now
          </Button>
          <Button onClick={onServer}>Another server…</Button>
        </>
      }
    >
      <p>{serverAddress}</p>
      <p className="mt-2">The page goes on trying by itself, and starts as soon as it gets through.</p>
      {!servedPage && <OriginHint />}
    </StatePage>
  )
}

/** A browser does not tell a page of another origin why it was turned away. */
function OriginHint() {
  return (
    <p className="mt-2">
      If the server runs, it may not allow this page. It does when started with
      <b className="mt-1 block font-semibold wrap-anywhere text-text">{`--allow-origin ${location.origin}`}</b>
    </p>
  )
}
