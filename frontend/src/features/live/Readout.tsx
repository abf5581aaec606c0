import { noValue } from '../../chart/format.ts'
import { Steady } from '../../ui/Steady.tsx'
import { piecesOf, type Figure, type Piece } from './figure.ts'
import type { Reader } from './reader.ts'
import { useReadout } from './reading.ts'

// Pieces travel through useReadout as one string, because equal strings are the same value and equal arrays are not.
const pieceEnd = '\u0000'
const signs = { number: '\u0001', unit: '\u0002' } as const
const awaited = '\u0003'
const markEnd = '\u0004'

/** A piece of text that follows the data: it alone renders again, and only when it changes. */
export function TextReadout(props: { read: (reader: Reader) => string; without?: string }) {
  return <>{useReadout((reader) => arrived(props.read(reader), reader), props.without ?? noValue)}</>
}

/** A dash says that there is no value; nothing is said of one that may still come in. */
function arrived(text: string, { loading }: Reader): string {
  return loading && text.includes(noValue) ? '' : text
}

/** Figures side by side, their numbers strong and in places of fixed width. */
export function FigureReadout({ figures }: { figures: readonly Figure[] }) {
  const encoded = useReadout((reader) => encode(figures, reader), '')
  if (encoded === '') return <>{noValue}</>
  if (encoded === awaited) return <Awaited className="h-1.5 w-14" />
  return encoded.split(pieceEnd).map((piece, index) => (
    // The order of the pieces is fixed, so the index tells them apart.
    <PieceText key={index} encoded={piece} first={index === 0} />
  ))
}

/** Stands where a value will stand. */
export function Awaited({ className }: { className: string }) {
  return (
    <i aria-hidden="true" className={`inline-block animate-breathe rounded-full bg-line2 ${className}`} />
  )
}

function PieceText({ encoded, first }: { encoded: string; first: boolean }) {
  const space = first ? '' : ' '
  if (encoded.startsWith(signs.number)) {
    const [mark = '', number = ''] = encoded.slice(1).split(markEnd)
    return (
      <>
        {space}
        <Steady widest={<MarkedNumber mark={mark} number="00.0" />}>
          <MarkedNumber mark={mark} number={number} />
        </Steady>
      </>
    )
  }
  if (encoded.startsWith(signs.unit))
    return (
      <>
        {space}
        <Steady widest="MB/s">{encoded.slice(1)}</Steady>
      </>
    )
  return <span className="whitespace-pre">{space + encoded}</span>
}

function MarkedNumber({ mark, number }: { mark: string; number: string }) {
  return (
    <>
      {mark}
      <b className="font-semibold text-text">{number}</b>
    </>
  )
}

function encode(figures: readonly Figure[], reader: Reader): string {
  const pieces = figures.flatMap((figure) => piecesOf(figure, reader))
  if (reader.loading && pieces.some(({ text }) => text === noValue)) return awaited
  return pieces.map(encodePiece).join(pieceEnd)
}

function encodePiece({ steady, mark, text }: Piece): string {
  if (steady !== 'number') return (steady ? signs[steady] : '') + text
  return signs.number + (mark === undefined ? '' : `${mark} `) + markEnd + text
}
