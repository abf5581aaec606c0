import { classes } from './classes'

export type MeterTone = 'normal' | 'warn' | 'bad' | 'none'

const fillTone: Record<MeterTone, string> = {
  normal: 'bg-c1',
  warn: 'bg-warn',
  bad: 'bg-crit',
  none: 'bg-transparent',
}

export interface MeterProps {
  /** 0 to 100; undefined when nothing is known. */
  percent: number | undefined
  label: string
  tone?: MeterTone
}

/** A thin bar that is filled up to a percentage. */
export function Meter({ percent, label, tone = 'normal' }: MeterProps) {
  const width = Math.min(100, Math.max(0, percent ?? 0))
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(width)}
      aria-valuetext={percent === undefined ? 'unknown' : `${width.toFixed(1)} %`}
      className="h-1.5 overflow-hidden rounded-[3px] bg-line"
    >
      <i
        className={classes('block h-full rounded-[3px] transition-[width] duration-500', fillTone[tone])}
        style={{ width: `${width}%` }}
      />
    </div>
  )
}
