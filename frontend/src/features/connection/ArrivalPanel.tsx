import { formatMilliseconds } from '../../chart/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { medianDelay } from './figures.ts'
import type { ArrivalNote } from './journal.ts'
import { useConnectionServices, useNow, useReading } from './services.ts'

/** So many intervals of the server are shown. */
const places = 120
const ceilings = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000]

/** Every update of the last minutes as a bar: how long after its measurement it was here, and where some are missing. */
export function ArrivalPanel() {
  const { journal } = useConnectionServices()
  const nowMs = useNow()
  useReading(({ total }) => total)
  const { arrivals, hello } = journal
  const windowMs = places * (hello?.interval ?? 1) * 1000
  const shown = arrivals.filter(({ atMs }) => nowMs - atMs < windowMs)
  const slowest = Math.max(0, ...shown.map(({ delayMs }) => delayMs))
  const top = ceilings.find((ceiling) => ceiling >= slowest * 1.05) ?? slowest
  return (
    <Panel title="Arrival of updates" aside={<Statement slowest={slowest} median={medianDelay(journal)} />}>
      <figure
        role="img"
        aria-label={`Each update as a bar. ${shown.length} arrived, the slowest ${formatMilliseconds(slowest)} after its measurement.`}
        className="mt-1.5 grid grid-cols-[2.75rem_1fr] text-tiny text-mute"
      >
        <div
          aria-hidden="true"
          className="-mt-1.5 flex h-24 flex-col justify-between pr-2 text-right leading-3 whitespace-nowrap"
        >
          <span>{tick(top)}</span>
          <span>{tick(top / 2)}</span>
          <span>0</span>
        </div>
        <Bars arrivals={shown} nowMs={nowMs} windowMs={windowMs} top={top} />
        <span />
        <div aria-hidden="true" className="mt-1.5 flex justify-between">
          <span>{`${spanWords(windowMs / 1000)} ago`}</span>
          <span>now</span>
        </div>
      </figure>
    </Panel>
  )
}

function Statement({ slowest, median }: { slowest: number; median: number | undefined }) {
  if (median === undefined) return 'nothing has arrived yet'
  return (
    <>
      median <b className="font-semibold text-text">{formatMilliseconds(median)}</b> · slowest{' '}
      <b className="font-semibold text-text">{formatMilliseconds(slowest)}</b>
    </>
  )
}

interface BarsProps {
  arrivals: readonly ArrivalNote[]
  nowMs: number
  windowMs: number
  top: number
}

function Bars({ arrivals, nowMs, windowMs, top }: BarsProps) {
  const slot = 1000 / places
  const place = ({ atMs }: ArrivalNote) =>
    Math.min(1000 - slot, 1000 - slot - ((nowMs - atMs) / windowMs) * 1000)
  const bar = (one: ArrivalNote) =>
    `M ${place(one).toFixed(1)} 100 V ${(98 - (one.delayMs / top) * 98).toFixed(1)} h ${(slot * 0.62).toFixed(2)} V 100 Z`
  return (
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" className="block h-24 w-full overflow-visible">
      <path
        d="M 0 0 H 1000 M 0 50 H 1000 M 0 100 H 1000"
        className="stroke-line"
        vectorEffect="non-scaling-stroke"
      />
      <path d={arrivals.map(bar).join(' ')} className="fill-c2" />
      <path
        d={arrivals
          .filter((one) => one.afterGap)
          .map((one) => `M ${place(one).toFixed(1)} 0 V 100`)
          .join(' ')}
        className="stroke-warn"
        strokeWidth="1.5"
        strokeDasharray="3 3"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}

/** `500 ms`, `2 s`: round numbers as they are. */
function tick(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`
}

function spanWords(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  return `${Number((seconds / 60).toFixed(1))} min`
}
