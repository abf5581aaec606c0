import { createContext, use, useMemo, useSyncExternalStore } from 'react'
import { RowsHeard } from '../../chart/rowsHeard.ts'
import { Pulse } from '../../chart/scheduler.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { HostReader, type Reader } from './reader.ts'
import { useLiveServices } from './services.ts'

/** One host under the page's crosshair and window, and the beat at which its readouts look again. */
export interface Reading {
  host: HostSeries
  reader: Reader
  pulse: Pulse
}

export const ReadingContext = createContext<Reading | undefined>(undefined)

/** Makes the reading of a host: its pulse beats at most once a frame, when rows come in or the instant moves. */
export function useNewReading(host: HostSeries): Reading {
  const { scheduler, window, crosshair, past } = useLiveServices()
  return useMemo(() => {
    const reader = new HostReader(host, window, crosshair, past)
    const source = (listener: () => void) => {
      const rows = new RowsHeard(host, listener)
      const follow = () => {
        rows.follow(host.custom)
        listener()
      }
      rows.follow(host.custom)
      const stops = [
        () => rows.stop(),
        host.subscribe('custom', follow),
        crosshair.subscribe(listener),
        window.follow(listener),
        past.subscribe(host.host.name, listener),
      ]
      return () => {
        stops.forEach((stop) => stop())
        reader.end()
      }
    }
    return { host, reader, pulse: new Pulse(scheduler, source) }
  }, [host, scheduler, window, crosshair, past])
}

/** The reading of the host on the page; undefined on a page that has no data yet. */
export function useReading(): Reading | undefined {
  return use(ReadingContext)
}

const neverBeats = () => () => undefined

/**
 * A text or number that is read at each beat. Only the component that uses it renders again, and only when what it
 * reads is not the same as before; so let it be a small one.
 */
export function useReadout<Value extends string | number | boolean | undefined>(
  read: (reader: Reader) => Value,
  without: Value,
): Value {
  const reading = useReading()
  return useSyncExternalStore(reading?.pulse.subscribe ?? neverBeats, () =>
    reading ? read(reading.reader) : without,
  )
}
