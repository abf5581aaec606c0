import { createContext, use } from 'react'
import { formatInstant } from '../../chart/format.ts'
import { ghostText, type Figure } from './figure.ts'
import { FigureReadout } from './Readout.tsx'
import { useReadout } from './reading.ts'

/** The data on the page is old: readouts then say of when they are. */
export const StaleContext = createContext(false)

/** What a panel states at the right of its title: the values, and of when they are unless that is now. */
export function MomentReadout({ figures }: { figures: readonly Figure[] }) {
  return (
    <>
      <MomentLabel />
      <FigureReadout figures={figures} />
      <GhostReadout figures={figures} />
    </>
  )
}

/** ` · yesterday 12.1 %` while the picture of another time stands behind the picture. */
function GhostReadout({ figures }: { figures: readonly Figure[] }) {
  const text = useReadout((reader) => ghostText(figures, reader), '')
  return text === '' ? null : <span className="whitespace-pre text-mute">{` · ${text}`}</span>
}

/** `at 14:32:07` while the page shows another instant than now. */
export function MomentLabel() {
  const stale = use(StaleContext)
  const text = useReadout((reader) => {
    if (reader.kind === 'live' && !stale) return ''
    return Number.isNaN(reader.time) ? '' : `at ${formatInstant(reader.time, Date.now(), true)} `
  }, '')
  return text === '' ? null : <span className="whitespace-pre">{text}</span>
}
