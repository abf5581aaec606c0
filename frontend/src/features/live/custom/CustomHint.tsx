import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { HostSeries } from '../../../series/hostSeries.ts'
import { CodeBlock } from '../../../ui/CodeBlock.tsx'
import { IconButton } from '../../../ui/IconButton.tsx'
import { Tabs } from '../../../ui/Tabs.tsx'
import { useLiveServices } from '../services.ts'
import { pushLines } from './pushLines.ts'
import { dismissHint, hintDismissed } from './hintMemory.ts'

/** The way to a first series of one's own: one folded line at the end of the page, until it is waved away. */
export function CustomHint({ host }: { host: HostSeries }) {
  const { serverAddress, ownHost } = useLiveServices()
  const [dismissed, setDismissed] = useState(hintDismissed)
  if (dismissed || serverAddress === '') return null
  const { curl, vitals } = pushLines(serverAddress, host.host.name === ownHost() ? undefined : host.host.name)
  const dismiss = () => {
    dismissHint()
    setDismissed(true)
  }
  return (
    <details className="group relative col-span-full border-t border-line pt-3 text-small text-mute">
      <summary className="flex cursor-pointer list-none items-center gap-2 self-start rounded-sm pr-10 hover:text-text">
        <Plus
          aria-hidden="true"
          className="size-3.5 transition-transform group-open:rotate-45"
          strokeWidth={2}
        />
        Any program can add a series of its own to this page
      </summary>
      <IconButton
        label="Do not offer this again"
        onClick={dismiss}
        className="absolute! top-1.5 right-0 size-8!"
      >
        <X className="size-3.5" />
      </IconButton>
      <div className="mt-3 max-w-[56rem]">
        <Tabs
          label="By"
          tabs={[
            { id: 'curl', label: 'curl', content: <CodeBlock label="the line for curl" text={curl} /> },
            {
              id: 'vitals',
              label: 'vitals push',
              content: <CodeBlock label="the line for vitals" text={vitals} />,
            },
          ]}
        />
        <p className="mt-2">Its chart appears here within a second, on the pages of everybody who looks.</p>
      </div>
    </details>
  )
}
