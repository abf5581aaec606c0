import { formatRates, formatValue, noValue, type Formatted } from '../../chart/format.ts'
import type { Reader } from './reader.ts'

/** A number that a panel states in words, read anew at each instant. */
export type Figure =
  | { kind: 'value'; metric: string; before?: string; after?: string }
  /** The largest of several, with the label of the one that has it. */
  | { kind: 'peak'; of: readonly Labelled[] }
  /** Two numbers, one a part of the other: 14.2 of 24 GiB. */
  | { kind: 'part'; metric: string; whole: string; joint: string }
  /** Rates in one unit: ↓ 48.2 ↑ 6.4 MB/s. */
  | { kind: 'rates'; of: readonly { metric: string; mark: string }[] }
  | { kind: 'note'; text: string }

export interface Labelled {
  metric: string
  label: string
}

/** One piece of a stated figure. */
export interface Piece {
  text: string
  /** What a number is of, close before it: in its place, so that the room of a short number is before both. */
  mark?: string
  /** The number itself, which stands out, or a unit that may change: the place of either has a fixed width. */
  steady?: 'number' | 'unit'
}

/** The pieces of a figure at the reader's instant. */
export function piecesOf(figure: Figure, reader: Reader): Piece[] {
  switch (figure.kind) {
    case 'note':
      return [{ text: figure.text }]
    case 'peak':
      return peakPieces(figure.of, reader)
    case 'part':
      return partPieces(figure, reader)
    case 'rates':
      return ratePieces(figure.of, reader)
    case 'value': {
      const pieces = numberPieces(read(reader, figure.metric))
      if (figure.before !== undefined) pieces.unshift({ text: figure.before })
      if (figure.after !== undefined) pieces.push({ text: figure.after })
      return pieces
    }
  }
}

/** The figure as one line of text. */
export function textOf(figure: Figure, reader: Reader): string {
  return piecesOf(figure, reader)
    .map(({ mark, text }) => (mark === undefined ? text : `${mark} ${text}`))
    .join(' ')
}

/** The figures that follow data as the faint picture has them, `yesterday 12.1 %`; empty while there is none, or has no value. */
export function ghostText(figures: readonly Figure[], { ghost }: Reader): string {
  const values = figures.filter(({ kind }) => kind !== 'note')
  if (ghost === undefined || values.length === 0) return ''
  const pieces = values.flatMap((figure) => piecesOf(figure, ghost.reader))
  if (!pieces.some(({ steady, text }) => steady === 'number' && text !== noValue)) return ''
  return `${ghost.name} ${values.map((figure) => textOf(figure, ghost.reader)).join(' ')}`
}

/** The value of a series in words, a dash when there is none. */
export function read(reader: Reader, metric: string): Formatted {
  return formatValue(reader.value(metric), reader.unit(metric))
}

/** The member of a group with the largest value at the reader's instant. */
export function peakOf(
  group: readonly Labelled[],
  reader: Reader,
): (Labelled & { value: number }) | undefined {
  let peak: (Labelled & { value: number }) | undefined
  for (const member of group) {
    const value = reader.value(member.metric)
    if (value !== undefined && (peak === undefined || value > peak.value)) peak = { ...member, value }
  }
  return peak
}

/** The sum of those of a group that have a value; undefined when none has. */
export function sumOf(metrics: readonly string[], reader: Reader): number | undefined {
  let sum: number | undefined
  for (const metric of metrics) {
    const value = reader.value(metric)
    if (value !== undefined) sum = (sum ?? 0) + value
  }
  return sum
}

function peakPieces(group: readonly Labelled[], reader: Reader): Piece[] {
  const peak = peakOf(group, reader)
  if (!peak) return [{ text: noValue }]
  return [{ text: peak.label }, ...numberPieces(formatValue(peak.value, reader.unit(peak.metric)))]
}

function partPieces(figure: Extract<Figure, { kind: 'part' }>, reader: Reader): Piece[] {
  const part = read(reader, figure.metric)
  const whole = read(reader, figure.whole)
  const pieces: Piece[] = [{ text: part.text, steady: 'number' }]
  if (part.unit !== whole.unit && part.unit !== '') pieces.push({ text: part.unit })
  pieces.push({ text: figure.joint }, { text: [whole.text, whole.unit].filter(Boolean).join(' ') })
  return pieces
}

function ratePieces(of: readonly { metric: string; mark: string }[], reader: Reader): Piece[] {
  const { texts, unit } = formatRates(of.map(({ metric }) => reader.value(metric)))
  const pieces = of.map(({ mark }, index): Piece => ({
    mark,
    text: texts[index] ?? noValue,
    steady: 'number',
  }))
  return [...pieces, { text: unit, steady: 'unit' }]
}

function numberPieces({ text, unit }: Formatted): Piece[] {
  const pieces: Piece[] = [{ text, steady: 'number' }]
  if (unit !== '') pieces.push({ text: unit })
  return pieces
}
