import { useState, type ReactNode } from 'react'
import { formatBytes, formatZone } from '../../chart/format.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { useSeries } from './columns.ts'
import { membersOf, familiesOf } from './panels/families.ts'
import type { Member } from './panels/model.ts'
import type { Reader } from './reader.ts'
import { useReadout } from './reading.ts'

export interface LiveFooterProps {
  host: HostSeries | undefined
  /** What the connection costs and the version: the app knows. */
  children: ReactNode
}

/** What all this costs, and what is not well with the measuring itself. */
export function LiveFooter({ host, children }: LiveFooterProps) {
  const series = useSeries(host)
  const sensors = membersOf(familiesOf(series), 'sensor.success', 'sensor')
  return (
    <footer className="col-span-full flex gap-x-[1.125rem] gap-y-1 border-t max-tablet:flex-col max-tablet:items-start tablet:flex-wrap border-line pt-3 text-small text-mute">
      <Cost />
      <FailedSensors sensors={sensors} />
      {children}
      {host && <Pace intervalSeconds={host.interval} />}
    </footer>
  )
}

function Pace({ intervalSeconds }: { intervalSeconds: number }) {
  const [zone] = useState(() => formatZone(Date.now() / 1000))
  return <span>{`${hertz(intervalSeconds)} · times in ${zone}`}</span>
}

function Cost() {
  const text = useReadout(costText, '')
  return text === '' ? null : <span>{text}</span>
}

/** `Vitals costs this machine 0.3 % of one core, 31 MiB`, as far as the server tells. */
export function costText(reader: Reader): string {
  const percent = reader.value('vitals.cpu')
  const bytes = reader.value('vitals.memory')
  const parts: string[] = []
  if (percent !== undefined) parts.push(`${percent.toFixed(1)} % of one core`)
  if (bytes !== undefined) {
    const { text, unit } = formatBytes(bytes)
    parts.push(`${text} ${unit}`)
  }
  return parts.length === 0 ? '' : `Vitals costs this machine ${parts.join(', ')}`
}

function FailedSensors({ sensors }: { sensors: readonly Member[] }) {
  const text = useReadout((reader) => failedSensors(sensors, reader), '')
  return text === '' ? null : <span className="text-warn">{text}</span>
}

/** Names the sensors that give nothing at the moment. */
export function failedSensors(sensors: readonly Member[], reader: Reader): string {
  const failed = sensors.filter((sensor) => reader.value(sensor.metric) === 0).map((sensor) => sensor.label)
  return failed.length === 0 ? '' : `no values from: ${failed.join(', ')}`
}

function hertz(intervalSeconds: number): string {
  if (intervalSeconds <= 1) return `${Number((1 / intervalSeconds).toFixed(1))} Hz`
  return `every ${Number(intervalSeconds.toFixed(1))} s`
}
