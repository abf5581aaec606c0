import { createContext, use } from 'react'
import { ghostText, type Figure } from './figure.ts'
import { momentText } from './moment.ts'
import { FigureReadout } from './Readout.tsx'
import { useReading, useReadout } from './reading.ts'

/** The data on the page is old: readouts then say of when they are. */
export const StaleContext = createContext(false)

const nextToOthers = 'inline-block max-w-full truncate align-bottom'

/** What a panel states at the right of its title: the values, and of when they are unless that is now. */
export function MomentReadout({ figures }: { figures: readonly Figure[] }) {
  return (
    <span className="block text-right whitespace-normal">
      <span className={nextToOthers}>
        <MomentLabel />
        <FigureReadout figures={figures} />
      </span>
      <GhostReadout figures={figures} />
    </span>
  )
}

/** `yesterday 12.1 %` while the picture of another time stands behind the picture; where it has no room, below the values. */
function GhostReadout({ figures }: { figures: readonly Figure[] }) {
  const text = useReadout((reader) => ghostText(figures, reader), '')
  return text === '' ? null : (
    <>
      {' '}
      <span className={`${nextToOthers} ml-2 text-mute`}>{text}</span>
    </>
  )
}

/** `at 14:32:07` while the page shows another instant than now. */
export function MomentLabel() {
  const stale = use(StaleContext)
  const interval = useReading()?.host.interval
  const text = useReadout((reader) => {
    if (reader.kind === 'live' && !stale) return ''
    return Number.isNaN(reader.time) ? '' : `at ${momentText(reader.time, Date.now(), interval)} `
  }, '')
  return text === '' ? null : <span className="whitespace-pre">{text}</span>
}
