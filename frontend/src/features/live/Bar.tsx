import { formatText } from '../../chart/format.ts'
import { Meter } from '../../ui/Meter.tsx'
import type { BarModel } from './panels/model.ts'
import { TextReadout } from './Readout.tsx'
import { useReadout } from './reading.ts'

/** How full something is, on one line: its name, a bar, the amount. */
export function Bar({ bar }: { bar: BarModel }) {
  const percent = useReadout((reader) => reader.value(bar.percent), undefined)
  return (
    <div className="mt-1.5 grid grid-cols-[auto_1fr_auto] items-center gap-3.5 text-small text-soft">
      <span>{bar.label}</span>
      <Meter label={`${bar.label} in use`} percent={percent} />
      <span className="min-w-[7.5rem] text-right">
        <b className="font-medium text-text">
          <TextReadout read={(reader) => formatText(reader.value(bar.used), 'bytes')} />
        </b>
        <span className="text-mute">
          {' · '}
          <TextReadout read={(reader) => formatText(reader.value(bar.percent), 'percent')} />
        </span>
      </span>
    </div>
  )
}
