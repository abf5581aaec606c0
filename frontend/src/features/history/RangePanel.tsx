import { Link2 } from 'lucide-react'
import { useId, useState, type SyntheticEvent } from 'react'
import { ghosts } from '../../chart/ghost.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Button } from '../../ui/Button.tsx'
import { classes } from '../../ui/classes.ts'
import { SegmentedControl } from '../../ui/SegmentedControl.tsx'
import { Calendar } from './Calendar.tsx'
import { addDays, dayAt, startOfDay, type Day } from './days.ts'
import { presetsFor } from './presets.ts'
import { instantWords, lengthWords, zoneWords } from './rangeWords.ts'
import { useHistoryServices } from './services.ts'
import { useRecordedDays } from './recordedDays.ts'
import { useGhost, useKeptSeconds, useView } from './useShown.ts'
import { parseWhen, typedWhen } from './when.ts'

export interface RangePanelProps {
  host: HostSeries | undefined
  onClose: () => void
  onCopyLink: () => void
}

/** Every way to say which time is meant: a length, two instants, a day. */
export function RangePanel({ host, onClose, onCopyLink }: RangePanelProps) {
  return (
    <div className="grid max-h-[calc(100dvh-8.5rem)] gap-4 overflow-y-auto tablet:max-h-[calc(100dvh-7rem)] p-4 tablet:grid-cols-[1fr_12.5rem] tablet:gap-6">
      <RangeForm host={host} onDone={onClose} />
      <div className="flex min-w-0 flex-col gap-4">
        <Lengths onDone={onClose} />
        <GhostChoice />
        <Button
          onClick={() => {
            onCopyLink()
            onClose()
          }}
        >
          <Link2 aria-hidden="true" className="size-3.5" />
          Copy link
        </Button>
      </div>
    </div>
  )
}

/** The fields hold what is typed; the calendar writes into them. */
function RangeForm({ host, onDone }: { host: HostSeries | undefined; onDone: () => void }) {
  const { window, serverSeconds } = useHistoryServices()
  const [now] = useState(serverSeconds)
  const [fields, setFields] = useState(() => fieldsOf(window.view.mode, host && window.range(host)))
  const from = parseWhen(fields.from, now)
  const to = parseWhen(fields.to, now)
  const problem = problemOf(from, to, now)
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (problem !== undefined || from === undefined || to === undefined) return
    window.show(from, Math.min(to, now))
    onDone()
  }
  const chooseDay = (day: Day, extend: boolean) => {
    const begin = startOfDay(day)
    const end = startOfDay(addDays(day, 1))
    const [first, last] =
      extend && from !== undefined && to !== undefined
        ? [Math.min(from, begin), Math.max(to, end)]
        : [begin, end]
    setFields({ from: typedWhen(first), to: last >= now ? 'now' : typedWhen(last) })
  }
  return (
    <form onSubmit={submit} className="grid min-w-0 content-start gap-3">
      <div className="grid gap-3 phone:grid-cols-2">
        <WhenField
          label="From"
          value={fields.from}
          read={from}
          now={now}
          first
          onChange={(typed) => setFields({ ...fields, from: typed })}
        />
        <WhenField
          label="To"
          value={fields.to}
          read={to}
          now={now}
          onChange={(typed) => setFields({ ...fields, to: typed })}
        />
      </div>
      <div className="short:order-last">
        <MarkedCalendar host={host} from={from} to={to} now={now} onChoose={chooseDay} />
      </div>
      <div className="flex items-center justify-between gap-3">
        <p role="status" className={classes('min-w-0 text-small', problem ? 'text-warn' : 'text-mute')}>
          {problem ?? summaryOf(from, to)}
        </p>
        <Button primary type="submit" disabled={problem !== undefined}>
          Show
        </Button>
      </div>
    </form>
  )
}

interface WhenFieldProps {
  label: string
  value: string
  /** What it was understood as; undefined for nothing. */
  read: number | undefined
  now: number
  first?: boolean
  onChange: (typed: string) => void
}

function WhenField({ label, value, read, now, first, onChange }: WhenFieldProps) {
  const inputId = useId()
  const hintId = useId()
  return (
    <div className="min-w-0">
      <label htmlFor={inputId} className="text-small text-mute">
        {label}
      </label>
      <input
        id={inputId}
        type="text"
        autoComplete="off"
        spellCheck={false}
        data-autofocus={first ? '' : undefined}
        value={value}
        placeholder="yesterday 14:00, -6h"
        aria-invalid={read === undefined}
        aria-describedby={hintId}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => onChange(event.target.value)}
        className={classes(
          'mt-1 h-9 w-full min-w-0 rounded-lg border bg-bg px-2.5',
          read === undefined && value !== '' ? 'border-warn' : 'border-line2',
        )}
      />
      <p id={hintId} className="mt-1 h-4 truncate text-tiny text-mute">
        {read === undefined ? (value === '' ? '' : 'not understood') : instantWords(read, now)}
      </p>
    </div>
  )
}

interface MarkedCalendarProps {
  host: HostSeries | undefined
  from: number | undefined
  to: number | undefined
  now: number
  onChoose: (day: Day, extend: boolean) => void
}

function MarkedCalendar({ host, from, to, now, onChoose }: MarkedCalendarProps) {
  const [month, setMonth] = useState<Day>()
  const hasData = useRecordedDays(host, month, now)
  const valid = from !== undefined && to !== undefined && from < to
  return (
    <Calendar
      first={valid ? dayAt(from) : undefined}
      last={valid ? dayAt(to - 1) : undefined}
      today={dayAt(now)}
      hasData={hasData}
      onMonth={setMonth}
      onChoose={onChoose}
    />
  )
}

function Lengths({ onDone }: { onDone: () => void }) {
  const { window } = useHistoryServices()
  const view = useView()
  const presets = presetsFor(useKeptSeconds())
  return (
    <section aria-label="Live" className="grid min-w-0 grid-cols-2 gap-x-2 tablet:grid-cols-1">
      {presets.map(({ name, seconds, title }) => {
        const chosen = view.mode === 'live' && view.span === seconds
        return (
          <button
            key={name}
            type="button"
            aria-pressed={chosen}
            onClick={() => {
              window.live(seconds)
              onDone()
            }}
            className={classes(
              '-mx-2 rounded-lg px-2 py-1 text-left text-small transition-colors hover:bg-hover hover:text-text',
              chosen ? 'font-semibold text-text' : 'text-soft',
            )}
          >
            {title}
          </button>
        )
      })}
    </section>
  )
}

function GhostChoice() {
  const { window } = useHistoryServices()
  const ghost = useGhost()
  return (
    <div className="min-w-0">
      <p className="mb-1 text-small text-mute">
        Faint, behind it <span className="pointer-coarse:hidden">(g)</span>
      </p>
      <SegmentedControl
        label="Behind the picture"
        className="*:flex-auto *:px-1! *:whitespace-nowrap"
        segments={ghosts.map(({ name }) => ({ value: name, label: name }))}
        value={ghosts.find(({ seconds }) => seconds === ghost)?.name ?? 'off'}
        onChange={(name) => window.setGhost(ghosts.find((one) => one.name === name)?.seconds ?? 0)}
      />
    </div>
  )
}

function fieldsOf(
  mode: string,
  range: { from: number; to: number } | undefined,
): { from: string; to: string } {
  if (mode === 'live' || !range || Number.isNaN(range.to)) return { from: '-1h', to: 'now' }
  return { from: typedWhen(range.from), to: typedWhen(range.to) }
}

function problemOf(from: number | undefined, to: number | undefined, now: number): string | undefined {
  if (from === undefined || to === undefined) return 'Such as 2026-11-21 14:00, fri 9:30, -6h'
  if (from >= to) return 'From is not before To'
  return from >= now ? 'That is in the future' : undefined
}

function summaryOf(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return ''
  return `${lengthWords(to - from)}, ${zoneWords(from, to)}`
}
