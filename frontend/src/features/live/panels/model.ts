/** What the panels of a page are made of: plain data, worked out from a catalogue and drawn by the components. */
import type { Series } from '../../../wire/types.gen.ts'
import type { Figure } from '../figure.ts'

/** A colour token of the data palette. */
export type Color = '--c1' | '--c2' | '--c3' | '--c4' | '--c5' | '--c6'

/** How many of the twelve columns of the page a panel takes. */
export type Span = 4 | 8 | 12

/** On a page that is too narrow for three panels side by side: half of it, or all. */
export type NarrowSpan = 6 | 12

/** One line of a chart. */
export interface LineModel {
  metric: string
  /** How dense the area under the line is, 0 to 1. */
  fill: number
  /** Drawn downward from zero, as what is sent. */
  below?: boolean
  /** What stands before its value in the legend. */
  mark?: string
}

/** One entry of a legend: it names and toggles one line, or the two directions of one device. */
export interface EntryModel {
  label: string
  color: Color
  lines: readonly LineModel[]
}

interface PanelBase {
  id: string
  title: string
}

export interface ChartPanel extends PanelBase {
  kind: 'chart'
  size: 'tall' | 'normal'
  unit: string
  entries: readonly EntryModel[]
  stacked?: boolean
  /** The series that the lines of a stack add up to. */
  total?: string
  /** The axis follows the values, below zero too: always, and need not begin there; or only once some lie below. */
  floating?: 'always' | 'below-zero'
  max?: number
  /** What of the host the axis reaches up to, drawn as a line of reference. */
  ceiling?: 'cores' | 'memory'
  /** Stated at the right of the title. */
  now: readonly Figure[]
  /** Stated at the right of the legend. */
  foot?: readonly Figure[]
  /** Stated below the legend, each on a line of its own. */
  bars?: readonly BarModel[]
  /** Counters of trouble: stated only while they are not zero. */
  alarms?: readonly AlarmModel[]
}

/** How full something is: a percentage as a bar, and the amount. */
export interface BarModel {
  label: string
  percent: string
  used: string
}

export interface AlarmModel {
  label: string
  metrics: readonly string[]
}

export interface HeatPanel extends PanelBase {
  kind: 'heat'
  rows: readonly Member[]
}

export interface FilesystemsPanel extends PanelBase {
  kind: 'filesystems'
  filesystems: readonly FilesystemModel[]
}

/** The series of one mount, by what they count. */
export interface FilesystemModel {
  mount: string
  used?: string
  total?: string
  percent?: string
}

/** What the catalogue has and no panel draws. */
export interface OtherPanel extends PanelBase {
  kind: 'other'
  series: readonly Series[]
}

export type Panel = ChartPanel | HeatPanel | FilesystemsPanel | OtherPanel
export type PlacedPanel = Panel & { span: Span; narrowSpan: NarrowSpan }

/** One of several series of a family, with the label that tells it from the others. */
export interface Member {
  metric: string
  label: string
}
