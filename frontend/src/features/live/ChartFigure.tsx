import { useEffect, useId, useState, useSyncExternalStore, type RefObject } from 'react'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import { momentText } from './moment.ts'
import type { Reader } from './reader.ts'
import { useReading } from './reading.ts'
import { useLiveServices } from './services.ts'

export interface ChartFigureProps {
  title: string
  canvas: RefObject<HTMLCanvasElement | null>
  /** What the whole picture shows, in a sentence or two. Its identity is stable. */
  summary: () => string
  /** What it shows at the reader's instant. */
  describe: (reader: Reader) => string
  /** Keeps the height while there is no picture. */
  className: string
}

const firstSummaryMs = 1000
const summaryEveryMs = 15_000

/** A picture with its text: screen readers hear a summary, and with the arrows the values at the crosshair. */
export function ChartFigure({ title, canvas, summary, describe, className }: ChartFigureProps) {
  const summaryId = useId()
  return (
    <figure aria-label={title} aria-describedby={summaryId} className={className}>
      <CrosshairCanvas title={title} canvas={canvas} describe={describe} />
      <Summary id={summaryId} summary={summary} />
    </figure>
  )
}

/** The crosshair is a slider over time: so assistive technology knows what it is that the arrows move. */
function CrosshairCanvas({
  title,
  canvas,
  describe,
}: Pick<ChartFigureProps, 'title' | 'canvas' | 'describe'>) {
  const { crosshair } = useLiveServices()
  const reading = useReading()
  const [focused, setFocused] = useState(false)
  const time = useSyncExternalStore(crosshair.subscribe, () => (focused ? crosshair.time : undefined))
  const behind = time === undefined || !reading ? 0 : Math.min(0, Math.round(time - reading.host.newestTime))
  const text =
    time === undefined || !reading
      ? 'newest values'
      : `${momentText(time, reading.host.newestTime * 1000, reading.host.interval)}, ${describe(reading.reader)}`
  return (
    <canvas
      ref={canvas}
      tabIndex={0}
      role="slider"
      aria-label={`${title}, crosshair`}
      aria-valuemin={-3600}
      aria-valuemax={0}
      aria-valuenow={behind}
      aria-valuetext={text}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      className="block w-full rounded-sm outline-offset-4"
    />
  )
}

/**
 * Read anew from time to time: a text that changed with every sample would never be read to its end. While there are no
 * rows yet it looks more often, and of the past whenever something else is shown or comes in.
 */
function Summary({ id, summary }: { id: string; summary: () => string }) {
  const host = useReading()?.host
  const { window, past } = useLiveServices()
  const [text, setText] = useState('')
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    let due = Infinity
    const refreshIn = (waitMs: number) => {
      if (performance.now() + waitMs >= due) return
      clearTimeout(timer)
      due = performance.now() + waitMs
      timer = setTimeout(refresh, waitMs)
    }
    const refresh = () => {
      due = Infinity
      setText(summary())
      refreshIn(Number.isNaN(host?.newestTime) ? firstSummaryMs : summaryEveryMs)
    }
    const soon = () => refreshIn(firstSummaryMs)
    soon()
    const stopWindow = window.subscribe(soon)
    const stopPast = host && past.subscribe(host.host.name, () => window.mode === 'live' || soon())
    return () => {
      clearTimeout(timer)
      stopWindow()
      stopPast?.()
    }
  }, [summary, host, window, past])
  return <VisuallyHidden id={id}>{text}</VisuallyHidden>
}
