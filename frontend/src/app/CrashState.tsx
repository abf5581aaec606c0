import { Compass, ServerOff, TriangleAlert } from 'lucide-react'
import type { ServerAddressError } from '../transport/serverUrl.ts'
import { Button } from '../ui/Button.tsx'
import { StatePage } from '../ui/StatePage.tsx'

/** Stands for the page after a fault of the app itself. */
export function CrashState({ error }: { error: unknown }) {
  const message = error instanceof Error ? error.message : String(error)
  return (
    <StatePage
      icon={<TriangleAlert className="size-6 text-warn" />}
      title="This page has a fault"
      actions={
        <Button primary onClick={() => location.reload()}>
          Reload
        </Button>
      }
    >
      <p>The measuring goes on; only the picture broke. What went wrong:</p>
      <p className="mt-2 rounded-lg border border-line2 px-3 py-2 text-left text-small break-words text-text">
        {message}
      </p>
    </StatePage>
  )
}

/** Stands for the page when ?server= names what cannot be a server: loading it again would not help. */
export function BadServerState({ error, toUsual }: { error: ServerAddressError; toUsual: () => void }) {
  return (
    <StatePage
      icon={<ServerOff className="size-6 text-warn" />}
      title="That is no server address"
      actions={
        <Button primary onClick={toUsual}>
          To the usual server
        </Button>
      }
    >
      <p className="wrap-anywhere">{error.message}</p>
    </StatePage>
  )
}

/** Stands for an address that is no page. */
export function NoSuchPage() {
  return (
    <StatePage
      icon={<Compass className="size-6" />}
      title="No such page"
      actions={
        <Button primary onClick={() => location.assign(document.baseURI)}>
          To the live page
        </Button>
      }
    >
      <p>This app has nothing at that address.</p>
    </StatePage>
  )
}
