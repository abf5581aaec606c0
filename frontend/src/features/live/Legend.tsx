import { useState } from 'react'
import { formatText } from '../../chart/format.ts'
import { classes } from '../../ui/classes.ts'
import { Steady } from '../../ui/Steady.tsx'
import type { ChartPanel, EntryModel } from './panels/model.ts'
import { FigureReadout, TextReadout } from './Readout.tsx'
import type { Reader } from './reader.ts'
import { useReadout } from './reading.ts'

/** More entries than this are folded away behind a button. */
const mostEntries = 8

export interface LegendProps {
  panel: ChartPanel
  hidden: ReadonlySet<string>
  onToggle: (entry: EntryModel) => void
}

/** Names the lines, states their values, and switches them on and off. */
export function Legend({ panel, hidden, onToggle }: LegendProps) {
  const [unfolded, setUnfolded] = useState(false)
  const entries = unfolded ? panel.entries : panel.entries.slice(0, mostEntries)
  const folded = panel.entries.length - entries.length
  return (
    <div className="mt-1.5 flex min-h-5 flex-wrap items-baseline gap-x-3.5 gap-y-0.5 text-small text-soft">
      {entries.map((entry) => (
        <LegendEntry
          key={entry.label}
          entry={entry}
          unit={panel.unit}
          compared={panel.stacked !== true}
          shown={!hidden.has(entry.label)}
          onToggle={() => onToggle(entry)}
        />
      ))}
      {folded > 0 && <FoldButton onClick={() => setUnfolded(true)}>{`${folded} more`}</FoldButton>}
      {unfolded && <FoldButton onClick={() => setUnfolded(false)}>fewer</FoldButton>}
      {panel.foot && panel.foot.length > 0 && (
        <span className="ml-auto truncate text-mute">
          <FigureReadout figures={panel.foot} />
        </span>
      )}
    </div>
  )
}

interface LegendEntryProps {
  entry: EntryModel
  unit: string
  /** It has a faint line of its own while another time is compared with; of a stack only the whole has one. */
  compared: boolean
  shown: boolean
  onToggle: () => void
}

function LegendEntry({ entry, unit, compared, shown, onToggle }: LegendEntryProps) {
  return (
    <button
      type="button"
      aria-pressed={shown}
      onClick={onToggle}
      title={shown ? `Hide ${entry.label}` : `Show ${entry.label}`}
      className={classes('flex min-w-0 items-baseline rounded-sm hover:text-text', !shown && 'text-mute')}
    >
      <i
        aria-hidden="true"
        className="swatch mr-1.5 self-center"
        style={{ background: shown ? `var(${entry.color})` : 'var(--mute)' }}
      />
      <span className={classes('max-w-[10rem] truncate', !shown && 'line-through')}>{entry.label}</span>
      <b className="ml-1.5 font-medium text-text">
        <Steady widest={entry.lines.map((line) => widest(unit, line.mark)).join(' ')} align="start">
          <TextReadout read={(reader) => valuesText(entry, unit, reader)} />
        </Steady>
      </b>
      {compared && <GhostValues entry={entry} unit={unit} />}
    </button>
  )
}

/** The values of the faint lines of an entry; which time they are of stands beside the title. */
function GhostValues({ entry, unit }: { entry: EntryModel; unit: string }) {
  const text = useReadout(({ ghost }) => ghostValues(entry, unit, ghost?.reader), '')
  const name = useReadout(({ ghost }) => ghost?.name ?? '', '')
  if (text === '') return null
  return (
    <span className="ml-1.5 text-mute" title={name}>
      {`(${text})`}
    </span>
  )
}

/** Empty where there is none. */
function ghostValues(entry: EntryModel, unit: string, reader: Reader | undefined): string {
  const any = entry.lines.some(({ metric }) => reader?.value(metric) !== undefined)
  return reader && any ? valuesText(entry, unit, reader) : ''
}

/** The values of an entry in words: one number, or one for each direction. */
function valuesText(entry: EntryModel, unit: string, reader: Reader): string {
  return entry.lines
    .map((line) => [line.mark, formatText(reader.value(line.metric), unit)].filter(Boolean).join(' '))
    .join('  ')
}

function widest(unit: string, mark: string | undefined): string {
  return [mark, usualWidest[unit] ?? '00.00'].filter(Boolean).join(' ')
}

const usualWidest: Record<string, string> = {
  percent: '00.0 %',
  bytes: '00.0 GiB',
  'bytes/s': '00.0 MB/s',
  celsius: '00 °C',
}

function FoldButton({ children, onClick }: { children: string; onClick: () => void }) {
  return (
    <button type="button" onClick={onClick} className="text-accent hover:underline">
      {children}
    </button>
  )
}
