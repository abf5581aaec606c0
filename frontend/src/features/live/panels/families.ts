import type { Series } from '../../../wire/types.gen.ts'
import type { Color, EntryModel, Member } from './model.ts'

/** A catalogue, by family. */
export type Families = ReadonlyMap<string, readonly Series[]>

export function familiesOf(series: readonly Series[]): Families {
  const families = new Map<string, Series[]>()
  for (const one of series) {
    const members = families.get(one.family)
    if (members) members.push(one)
    else families.set(one.family, [one])
  }
  return families
}

/** A row of a fixed panel: the family, its name in the legend, its colour, and its own fill. */
export type EntryRow = readonly [family: string, label: string, color: Color, fill: number]

/** The entries of those rows that the host has. */
export function entriesOf(families: Families, rows: readonly EntryRow[]): EntryModel[] {
  return rows.flatMap(([family, label, color, fill]) => {
    const series = families.get(family)?.[0]
    return series ? [{ label, color, lines: [{ metric: series.metric, fill }] }] : []
  })
}

/** The series of a family with the label that tells them apart, in natural order: core 2 before core 10. */
export function membersOf(families: Families, family: string, key: string): Member[] {
  return (families.get(family) ?? [])
    .map((series) => ({ metric: series.metric, label: series.labels?.[key] ?? series.metric }))
    .sort((a, b) => inNaturalOrder(a.label, b.label))
}

export function memberLabelled(
  families: Families,
  family: string,
  key: string,
  label: string,
): Series | undefined {
  return families.get(family)?.find((series) => series.labels?.[key] === label)
}

export function metricsOf(families: Families, family: string): string[] {
  return (families.get(family) ?? []).map((series) => series.metric)
}

/** The colour of the nth of several; a long list begins again. */
export function colorAt(palette: readonly Color[], index: number): Color {
  return palette[index % palette.length] ?? '--c1'
}

const collator = new Intl.Collator('en', { numeric: true })

export function inNaturalOrder(a: string, b: string): number {
  return collator.compare(a, b)
}
