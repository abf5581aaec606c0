import type { Column } from '../../../series/column.ts'
import type { ChartPanel, Color } from '../panels/model.ts'

/** The series of one family that somebody pushes: one chart. */
export interface CustomFamily {
  title: string
  unit: string
  help: string
  members: readonly CustomMember[]
  panel: ChartPanel
}

export interface CustomMember {
  label: string
  color: Color
  column: Column
}

const palette: readonly Color[] = ['--c2', '--c1', '--c3', '--c4', '--c5', '--c6']

/** Amounts and rates begin at zero while none is below it, whatever else is pushed may lie anywhere. */
const standsOnZero: ReadonlySet<string> = new Set(['bytes', 'bytes/s', '1/s', 'boolean'])

/**
 * The families in the order in which they appeared, and their members likewise: what comes later never moves or
 * recolours what stands.
 */
export function customFamilies(columns: readonly Column[]): CustomFamily[] {
  const families = new Map<string, Column[]>()
  for (const column of columns) {
    const members = families.get(column.series.family)
    if (members) members.push(column)
    else families.set(column.series.family, [column])
  }
  return [...families].map(([title, members]) => familyOf(title, members))
}

function familyOf(title: string, columns: readonly Column[]): CustomFamily {
  const keys = tellingKeys(columns)
  const members = columns.map((column, index) => ({
    label: labelOf(column, keys),
    color: palette[index % palette.length] ?? '--c2',
    column,
  }))
  const [first] = columns
  const unit = first?.series.unit ?? ''
  const help = columns.find((column) => column.series.help)?.series.help ?? ''
  return { title, unit, help, members, panel: panelOf(title, unit, members) }
}

function panelOf(title: string, unit: string, members: readonly CustomMember[]): ChartPanel {
  const fill = members.length === 1 ? 0.12 : 0
  return {
    kind: 'chart',
    id: `custom:${title}`,
    title,
    size: 'normal',
    unit,
    entries: members.map(({ label, color, column }) => ({
      label,
      color,
      lines: [{ metric: column.series.metric, fill }],
    })),
    floating: standsOnZero.has(unit) ? 'below-zero' : 'always',
    now: [],
  }
}

/** The labels that tell the members apart; those that all have alike say nothing. */
function tellingKeys(columns: readonly Column[]): string[] {
  const keys = new Set(columns.flatMap((column) => Object.keys(column.series.labels ?? {})))
  const [first] = columns
  const differs = (key: string) =>
    columns.some((column) => column.series.labels?.[key] !== first?.series.labels?.[key])
  const telling = [...keys].filter(differs)
  return telling.length > 0 ? telling : [...keys]
}

/** `attic`, `attic · north`; the plain one of a family has the family's own name. */
function labelOf({ series }: Column, keys: readonly string[]): string {
  const values = keys.flatMap((key) => series.labels?.[key] ?? [])
  return values.length > 0 ? values.join(' · ') : series.family
}
