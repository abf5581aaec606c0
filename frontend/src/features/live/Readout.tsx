import { noValue } from '../../chart/format.ts'
import { Steady } from '../../ui/Steady.tsx'
import { piecesOf, type Figure } from './figure.ts'
import type { Reader } from './reader.ts'
import { useReadout } from './reading.ts'

// Pieces travel through useReadout as one string, because equal strings are the same value and equal arrays are not.
const pieceEnd = '\u0000'
const signs = { number: '\u0001', unit: '\u0002' } as const

/** A piece of text that follows the data: it alone renders again, and only when it changes. */
export function TextReadout(props: { read: (reader: Reader) => string; without?: string }) {
  return <>{useReadout(props.read, props.without ?? noValue)}</>
}

/** Figures side by side, their numbers strong and in places of fixed width. */
export function FigureReadout({ figures }: { figures: readonly Figure[] }) {
  const encoded = useReadout((reader) => encode(figures, reader), '')
  if (encoded === '') return <>{noValue}</>
  return encoded.split(pieceEnd).map((piece, index) => (
    // The order of the pieces is fixed, so the index tells them apart.
    <PieceText key={index} encoded={piece} first={index === 0} />
  ))
}

function PieceText({ encoded, first }: { encoded: string; first: boolean }) {
  const space = first ? '' : ' '
  if (encoded.startsWith(signs.number))
    return (
      <>
        {space}
        <b className="font-semibold text-text">
          <Steady widest="00.0">{encoded.slice(1)}</Steady>
        </b>
      </>
    )
  if (encoded.startsWith(signs.unit))
    return (
      <>
        {space}
        <Steady widest="MB/s">{encoded.slice(1)}</Steady>
      </>
    )
  return <span className="whitespace-pre">{space + encoded}</span>
}

function encode(figures: readonly Figure[], reader: Reader): string {
  return figures
    .flatMap((figure) => piecesOf(figure, reader))
    .map((piece) => (piece.steady ? signs[piece.steady] : '') + piece.text)
    .join(pieceEnd)
}
