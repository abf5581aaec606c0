import {
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type KeyboardEvent,
  type PointerEvent,
} from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import { ticker } from '../../ui/ticker.ts'
import { overviewOf, placeIn, timeAt, type Stretch } from './overview.ts'
import { instantWords } from './rangeWords.ts'
import { useHistoryServices } from './services.ts'
import { Thumbnail } from './thumbnail.ts'
import { goTo } from './travel.ts'
import { useHistoryKnown, useView } from './useShown.ts'

/** The stretch is worked out anew so often: its end is the present. */
const everyTenSeconds = ticker(10_000)

/** All of the recent past on a line, what is shown of it as a frame: dragged, clicked, or moved by the arrows. */
export function ScrubBar({ host }: { host: HostSeries }) {
  const stretch = useOverview(host)
  return (
    <div className="min-w-0 basis-full tablet:flex-1 tablet:basis-0 short:flex-1 short:basis-0">
      <Track host={host} stretch={stretch} />
      <Ends stretch={stretch} />
    </div>
  )
}

/** It holds still while what is shown lies within it. */
function useOverview(host: HostSeries): Stretch {
  const { window, serverSeconds } = useHistoryServices()
  const view = useView()
  const { hosts } = useHistoryKnown()
  const oldest = hosts.find((one) => one.host.name === host.host.name)?.oldest ?? Number.NaN
  const now = useSyncExternalStore(everyTenSeconds, () => Math.floor(serverSeconds() / 10) * 10)
  const begins = useSyncExternalStore(window.follow, () => {
    const { from, to } = window.range(host)
    const { from: begin } = overviewOf({ from, to }, now, oldest)
    return Math.round(begin)
  })
  return useMemo(
    () => ({ from: Number.isNaN(begins) ? now - 3600 : begins, to: now }),
    // A new view may have moved where the frame stands.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [begins, now, view],
  )
}

function Track({ host, stretch }: { host: HostSeries; stretch: Stretch }) {
  const { window, serverSeconds } = useHistoryServices()
  const track = useRef<HTMLDivElement>(null)
  const held = useRef<number>(undefined)
  const frame = useFrame(host, stretch)
  const { interval } = host
  const timeUnder = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect()
    return box ? timeAt(stretch, (event.clientX - box.left) / box.width) : stretch.to
  }
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return
    const { from, to } = window.range(host)
    const time = timeUnder(event)
    const inside = time >= from && time <= to
    // What is grabbed stays under the pointer; elsewhere the frame comes to it.
    held.current = inside ? to - time : (to - from) / 2
    event.currentTarget.setPointerCapture(event.pointerId)
    window.beginGesture()
    move(event)
  }
  const move = (event: PointerEvent) => {
    if (held.current === undefined) return
    const end = Math.min(stretch.to, timeUnder(event) + held.current)
    goTo(window, host, end, Infinity)
  }
  const end = (event: PointerEvent) => {
    if (held.current === undefined) return
    const time = timeUnder(event) + held.current
    held.current = undefined
    window.endGesture()
    if (time >= stretch.to) goTo(window, host, Infinity, serverSeconds())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const { from, to } = window.range(host)
    const next = endAfterKey(event.key, from, to, event.shiftKey, interval, stretch)
    if (next === undefined) return
    event.preventDefault()
    goTo(window, host, next, serverSeconds())
  }
  return (
    <div
      ref={track}
      role="slider"
      tabIndex={0}
      aria-label="Where in the past"
      aria-valuemin={Math.round(stretch.from)}
      aria-valuemax={Math.round(stretch.to)}
      aria-valuenow={Math.round(Math.min(stretch.to, Math.max(stretch.from, frame.end)))}
      aria-valuetext={Number.isNaN(frame.end) ? '' : instantWords(frame.end, stretch.to)}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={onKeyDown}
      className="relative h-8 cursor-pointer touch-none overflow-hidden rounded-md bg-hover"
    >
      <Curve host={host} stretch={stretch} />
      <i
        aria-hidden="true"
        className="absolute inset-y-0 left-0 bg-bg opacity-55"
        style={{ width: `${frame.left * 100}%` }}
      />
      <i
        aria-hidden="true"
        className="absolute inset-y-0 right-0 bg-bg opacity-55"
        style={{ width: `${(1 - frame.right) * 100}%` }}
      />
      <i
        aria-hidden="true"
        className="absolute inset-y-0 min-w-1 rounded-[5px] border-x-2 border-accent bg-[color-mix(in_srgb,var(--accent)_14%,transparent)]"
        style={{ left: `${frame.left * 100}%`, width: `${(frame.right - frame.left) * 100}%` }}
      />
    </div>
  )
}

interface Frame {
  left: number
  right: number
  /** Unix seconds. */
  end: number
}

/** Where the frame stands, in thousandths: a playback moves it no oftener than can be seen. */
function useFrame(host: HostSeries, stretch: Stretch): Frame {
  const { window } = useHistoryServices()
  const code = useSyncExternalStore(window.follow, () => {
    const { from, to } = window.range(host)
    const places = [placeIn(stretch, from), placeIn(stretch, to)].map((place) => place.toFixed(4))
    return `${places.join(' ')} ${Math.round(to)}`
  })
  const [left = 0, right = 1, end = Number.NaN] = code.split(' ').map(Number)
  return { left, right, end }
}

function Curve({ host, stretch }: { host: HostSeries; stretch: Stretch }) {
  const services = useHistoryServices()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [drawn, setDrawn] = useState<Thumbnail>()
  const metric = thumbnailMetric(host)
  const latest = useRef(stretch)
  useEffect(() => {
    if (!canvas.current) return
    const options = {
      host: host.host.name,
      metric,
      stretch: latest.current,
    }
    const made = new Thumbnail(canvas.current, services, options)
    setDrawn(made)
    return () => made.destroy()
  }, [services, host, metric])
  useEffect(() => {
    latest.current = stretch
    drawn?.update({ host: host.host.name, metric, stretch })
  }, [drawn, host, metric, stretch])
  return <canvas ref={canvas} aria-hidden="true" className="absolute inset-0 h-full w-full" />
}

/** The processor where there is one, else whatever the host tells first. */
function thumbnailMetric(host: HostSeries): string {
  if (host.column('cpu')) return 'cpu'
  return host.columns[0]?.series.metric ?? host.custom[0]?.series.metric ?? 'cpu'
}

function Ends({ stretch }: { stretch: Stretch }) {
  return (
    <div aria-hidden="true" className="mt-1 flex justify-between text-tiny text-mute small:hidden">
      <span>{instantWords(stretch.from, stretch.to).replace(/:\d\d$/, '')}</span>
      <span>now</span>
    </div>
  )
}

/** Arrows move by a tenth of the frame, with Shift and Page keys by all of it. */
function endAfterKey(
  key: string,
  from: number,
  to: number,
  whole: boolean,
  interval: number,
  stretch: Stretch,
): number | undefined {
  const length = to - from
  const step = whole ? length : Math.max(interval, length / 10)
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return to - step
    case 'ArrowRight':
    case 'ArrowUp':
      return to + step
    case 'PageDown':
      return to - length
    case 'PageUp':
      return to + length
    case 'Home':
      return stretch.from + length
    case 'End':
      return stretch.to
    default:
      return undefined
  }
}
