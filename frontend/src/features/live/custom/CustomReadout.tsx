import { useSyncExternalStore } from 'react'
import type { Column } from '../../../series/column.ts'
import { classes } from '../../../ui/classes.ts'
import { ticker } from '../../../ui/ticker.ts'
import { momentText } from '../moment.ts'
import { useReading, useReadout } from '../reading.ts'
import { useLiveServices } from '../services.ts'
import { agedOf } from './age.ts'
import { customText } from './customText.ts'

export interface CustomReadoutProps {
  column: Column
  unit: string
  /** As large figures beside a title are. */
  strong?: boolean
}

/** A pushed value with its age: the newest one, or under the crosshair and in a pause the one of that instant. */
export function CustomReadout({ column, unit, strong = false }: CustomReadoutProps) {
  const kind = useReadout((reader) => reader.kind, 'live' as const)
  return kind === 'live' ? (
    <Newest column={column} unit={unit} strong={strong} />
  ) : (
    <AtInstant column={column} unit={unit} strong={strong} />
  )
}

function Newest({ column, unit, strong }: Required<CustomReadoutProps>) {
  const now = useServerSeconds()
  useReadout((reader) => reader.lastTime(column.series.metric), undefined)
  const aged = agedOf(column, now)
  if (!aged) return 'no value yet'
  return (
    <span className={aged.stale ? 'text-mute' : ''}>
      <Value strong={strong} dim={aged.stale}>
        {customText(aged.value, unit)}
      </Value>{' '}
      <span className="ml-1 whitespace-nowrap">{aged.age}</span>
    </span>
  )
}

function AtInstant({ column, unit, strong }: Required<CustomReadoutProps>) {
  const text = useReadout((reader) => customText(reader.value(column.series.metric), unit), '')
  const interval = useReading()?.host.interval
  const at = useReadout((reader) => momentText(reader.time, Date.now(), interval), '')
  return (
    <>
      {strong && `at ${at} `}
      <Value strong={strong}>{text}</Value>
    </>
  )
}

function Value({ strong, dim = false, children }: { strong: boolean; dim?: boolean; children: string }) {
  const tone = dim ? 'text-mute' : 'text-text'
  return <b className={classes(strong ? 'font-semibold' : 'font-medium', tone)}>{children}</b>
}

/** Unix seconds by the server's clock, in whole ones while the page is seen. */
function useServerSeconds(): number {
  const { serverSeconds } = useLiveServices()
  return useSyncExternalStore(everySecond, () => Math.floor(serverSeconds()))
}

const everySecond = ticker(1000)
