import { classes } from '../../ui/classes.ts'

export interface TraceProps {
  /** Oldest first. */
  values: readonly number[]
  className: string
}

/** Fewer values than this do not fill the width: two points are no line yet. */
const leastPlaces = 12

/** A small line without axes, as tall and wide as its place. Decoration: what it shows is stated beside it. */
export function Trace({ values, className }: TraceProps) {
  if (values.length < 2) return null
  const places = Math.max(leastPlaces, values.length)
  const x = (index: number) => 100 - ((values.length - 1 - index) / (places - 1)) * 100
  const top = Math.max(...values) * 1.15 || 1
  const points = values.map(
    (value, index) => `${x(index).toFixed(2)} ${(100 - (value / top) * 100).toFixed(2)}`,
  )
  const line = `M ${points.join(' L ')}`
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      className={classes('block h-full w-full overflow-visible', className)}
    >
      <path d={`${line} V 100 H ${x(0).toFixed(2)} Z`} fill="currentColor" opacity="0.14" />
      <path d={line} fill="none" stroke="currentColor" strokeWidth="1.3" vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
