import { formatText } from '../../chart/format.ts'
import { sumOf } from './figure.ts'
import type { AlarmModel } from './panels/model.ts'
import { useReadout } from './reading.ts'

/** Counters of trouble beside the title of a panel: they are there only while there is trouble. */
export function Alarms({ alarms }: { alarms: readonly AlarmModel[] }) {
  return alarms.map((alarm) => <Alarm key={alarm.label} alarm={alarm} />)
}

function Alarm({ alarm }: { alarm: AlarmModel }) {
  const text = useReadout((reader) => {
    const sum = sumOf(alarm.metrics, reader) ?? 0
    return sum > 0 ? `${alarm.label} ${formatText(sum, '1/s')}` : ''
  }, '')
  return text === '' ? null : <span className="shrink-0 text-small text-warn">{text}</span>
}
