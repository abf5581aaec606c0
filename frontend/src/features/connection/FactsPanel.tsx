import { Panel } from '../../ui/Panel.tsx'
import { factsOf } from './facts.ts'
import { useConnectionServices, useNow, useStatus } from './services.ts'

/** What the page is connected to, and how. */
export function FactsPanel() {
  const { journal, server } = useConnectionServices()
  const status = useStatus()
  const nowMs = useNow()
  return (
    <Panel title="Stream">
      <dl className="border-t border-line">
        {factsOf(status, journal, server, nowMs).map(({ name, value, title }) => (
          <div key={name} className="flex justify-between gap-6 border-b border-line py-[5px]">
            <dt className="shrink-0 text-mute">{name}</dt>
            <dd className="min-w-0 text-right font-medium [overflow-wrap:anywhere]" title={title ?? value}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
