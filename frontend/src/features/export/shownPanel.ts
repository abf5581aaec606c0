/** A panel as somebody sees it: the lines that are switched on. */
export interface ShownPanel {
  id: string
  title: string
  unit: string
  lines: readonly ShownLine[]
}

export interface ShownLine {
  metric: string
  label: string
  /** A colour token of the data palette; absent where a colour tells the value. */
  color?: string
}
