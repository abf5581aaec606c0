import { formatInstant } from '../../chart/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { useConnectionServices, useNow, useReading } from './services.ts'
import { gapWords } from './words.ts'

/** The newest of them are listed. */
const mostListed = 8

/** What was left out, and when: nothing is dropped in silence. */
export function GapsPanel() {
  const { journal } = useConnectionServices()
  const nowMs = useNow()
  useReading(({ gaps }) => gaps.at(-1)?.atMs)
  const { gaps } = journal
  return (
    <Panel title="Gaps" aside={gaps.length > mostListed ? `the newest ${mostListed} of ${gaps.length}` : ''}>
      {gaps.length === 0 ? (
        <p className="border-y border-line py-[5px] text-mute">none since this page was opened</p>
      ) : (
        <ol className="border-t border-line">
          {gaps
            .slice(-mostListed)
            .reverse()
            .map((gap) => (
              <li
                key={`${gap.atMs} ${gap.host}`}
                className="flex justify-between gap-6 border-b border-line py-[5px]"
              >
                <span className="text-mute">{formatInstant(gap.atMs / 1000, nowMs)}</span>
                <span className="min-w-0 truncate font-medium">{gapWords(gap)}</span>
              </li>
            ))}
        </ol>
      )}
    </Panel>
  )
}
