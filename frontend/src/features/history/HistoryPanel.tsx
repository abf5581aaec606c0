import { formatInstant } from '../../chart/format.ts'
import { Meter } from '../../ui/Meter.tsx'
import { Panel } from '../../ui/Panel.tsx'
import type { HistoryStatus } from '../../api/history.ts'
import { forecastWords, reachWords, stateWords, syncWords, usedWords } from './statusWords.ts'
import { useHistoryServices } from './services.ts'
import { useHistoryKnown } from './useShown.ts'

/** What is kept of the past: whether it is written, how much, how far back, how safe. */
export function HistoryPanel() {
  const known = useHistoryKnown()
  const { tone, word, meaning, remedy } = stateWords(known)
  const { status } = known
  return (
    <Panel title="History" aside={<span className={tone === 'good' ? '' : 'text-warn'}>{word}</span>}>
      {meaning !== '' && (
        <p className="mb-2 text-small text-soft">
          {meaning} {remedy}
        </p>
      )}
      {status && <Facts status={status} />}
      {status && <Damaged status={status} />}
    </Panel>
  )
}

function Facts({ status }: { status: HistoryStatus }) {
  const { serverSeconds } = useHistoryServices()
  const used = status.retentionBytes > 0 ? (100 * status.bytes) / status.retentionBytes : undefined
  return (
    <dl className="border-t border-line">
      <Fact name="On disk">
        {usedWords(status)}
        {used !== undefined && (
          <span className="mt-1 block w-40">
            <Meter label="Of what history may take" percent={used} />
          </span>
        )}
      </Fact>
      <Fact name="Reaches back">{reachWords(status, serverSeconds() * 1000)}</Fact>
      <Fact name="Will reach">{forecastWords(status)}</Fact>
      <Fact name="Power loss costs">{syncWords(status)}</Fact>
      {status.lost > 0 && <Fact name="Not written">{`${status.lost} samples`}</Fact>}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex justify-between gap-6 border-b border-line py-[5px]">
      <dt className="shrink-0 text-mute">{name}</dt>
      <dd className="min-w-0 text-right font-medium">{children}</dd>
    </div>
  )
}

/** What was put aside, newest first. */
function Damaged({ status }: { status: HistoryStatus }) {
  const { serverSeconds } = useHistoryServices()
  if (status.damaged.length === 0) return null
  const newest = [...status.damaged].sort((a, b) => b.time - a.time).slice(0, 8)
  return (
    <ul aria-label="Damaged files, put aside" className="mt-2 grid gap-1.5 text-small text-soft">
      {newest.map(({ file, reason, time }) => (
        <li key={`${file} ${time}`} className="wrap-anywhere">
          <b className="font-medium text-text">{file}</b>
          {`: ${reason}, ${formatInstant(time, serverSeconds() * 1000)}`}
        </li>
      ))}
    </ul>
  )
}
