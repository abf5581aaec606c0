import { useEffect, useId, useState, useSyncExternalStore, type RefObject } from 'react'
import { formatInstant } from '../../chart/format.ts'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
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
      : `${formatInstant(time, reading.host.newestTime * 1000, true)}, ${describe(reading.reader)}`
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
 * rows yet it looks more often.
 */
function Summary({ id, summary }: { id: string; summary: () => string }) {
  const host = useReading()?.host
  const [text, setText] = useState('')
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const refresh = () => {
      setText(summary())
      timer = setTimeout(refresh, Number.isNaN(host?.newestTime) ? firstSummaryMs : summaryEveryMs)
    }
    timer = setTimeout(refresh, firstSummaryMs)
    return () => clearTimeout(timer)
  }, [summary, host])
  return <VisuallyHidden id={id}>{text}</VisuallyHidden>
}
