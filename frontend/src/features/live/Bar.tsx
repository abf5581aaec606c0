import { formatText } from '../../chart/format.ts'
import { Meter } from '../../ui/Meter.tsx'
import type { BarModel } from './panels/model.ts'
import type { Reader } from './reader.ts'
import { TextReadout } from './Readout.tsx'
import { useReadout } from './reading.ts'

/** How full something is, on one line: its name, a bar, the amount; `none` when the host has no such thing. */
export function Bar({ bar }: { bar: BarModel }) {
  const present = useReadout((reader) => reader.has(bar.percent), false)
  const percent = useReadout((reader) => reader.value(bar.percent), undefined)
  return (
    <div className="mt-1.5 grid h-5 grid-cols-[auto_1fr_auto] items-center gap-3.5 text-small text-soft">
      <span>{bar.label}</span>
      {present ? <Meter label={`${bar.label} in use`} percent={percent} /> : <span />}
      <span className="min-w-[7.5rem] text-right font-medium text-text">
        <TextReadout read={(reader) => amountText(bar, reader)} without="" />
      </span>
    </div>
  )
}

function amountText(bar: BarModel, reader: Reader): string {
  if (Number.isNaN(reader.time)) return ''
  if (!reader.has(bar.percent)) return 'none'
  return `${formatText(reader.value(bar.used), 'bytes')} · ${formatText(reader.value(bar.percent), 'percent')}`
}
