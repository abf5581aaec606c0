import { useId } from 'react'
import { Dialog } from '../ui/Dialog.tsx'
import { Kbd } from '../ui/Kbd.tsx'
import { keyHelp, type KeyGroup } from './keyHelp.ts'

/** Every key of the app, and what the mouse does in a chart. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <div className="grid gap-5">
        {keyHelp.map((group) => (
          <Group key={group.title} group={group} />
        ))}
      </div>
    </Dialog>
  )
}

function Group({ group }: { group: KeyGroup }) {
  const titleId = useId()
  return (
    <section aria-labelledby={titleId}>
      <h3 id={titleId} className="mb-2 border-b border-line pb-1 text-small font-medium text-mute">
        {group.title}
      </h3>
      <dl className="grid grid-cols-[7rem_1fr] gap-y-2">
        {group.keys.map(({ keys, does }) => (
          <div key={does} className="col-span-full grid grid-cols-subgrid items-baseline">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd className="text-soft">{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
