import { Compass, TriangleAlert } from 'lucide-react'
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
    />
  )
}
