import type { Column } from '../series/column.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import type { Unit } from './format.ts'

export interface Line {
  column: Column
  label: string
  /** A colour token such as `--c1`. */
  color: string
  /** Opacity of the area under the line; none when absent. */
  fill?: number
  /** Drawn downward from zero, as transmit is. */
  below?: boolean
}

export interface ChartOptions {
  lines: readonly Line[]
  /** Each line stands on the one before. */
  stacked?: boolean
  /** What the lines of a stack add up to, as a series of its own: how far it reached is drawn around the uppermost. */
  total?: Column
  unit: Unit
  /** Where the axis begins; 0 when absent. */
  min?: number
  /**
   * The axis follows the values on both sides, below zero too, and need not begin there; or it begins there for as long
   * as none of them lies below.
   */
  floating?: 'always' | 'below-zero'
  /** Where the axis ends, whatever the values. */
  max?: number
  /** Where the axis ends at least, such as the memory that a host has. */
  ceiling?: (host: HostSeries) => number
  /** A value to compare with, drawn as a dashed line, such as the number of cores. */
  reference?: (host: HostSeries) => number
  /** CSS pixels. */
  height: number
  /** What the chart shows, for people who cannot see it. */
  label: string
}
