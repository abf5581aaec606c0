import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { classes } from '../../ui/classes.ts'
import { IconButton } from '../../ui/IconButton.tsx'
import { addDays, addMonths, dateOf, monthWeeks, sameDay, weekdayNames, type Day } from './days.ts'

export interface CalendarProps {
  /** The days that are shown at the moment; undefined at both ends for none. */
  first: Day | undefined
  last: Day | undefined
  today: Day
  /** The days of which something is recorded. */
  hasData: (day: Day) => boolean
  /** Told which month is shown, by its first day. Its identity is stable. */
  onMonth?: (first: Day) => void
  /** `extend`: from or to this day, together with what is chosen already. */
  onChoose: (day: Day, extend: boolean) => void
}

const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' })
const wholeName = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' })

/**
 * A month of days. Arrows move by days and weeks, Page Up and Down by months, Home and End within the week; Enter
 * chooses, with Shift up to there. One day at a time can be reached by Tab.
 */
export function Calendar({ first, last, today, hasData, onMonth, onChoose }: CalendarProps) {
  const [at, setAt] = useState<Day>(last ?? today)
  const [lastShown, setLastShown] = useState(last)
  const grid = useRef<HTMLTableElement>(null)
  const moved = useRef(false)
  const titleId = useId()
  // Another range, another month; one that was chosen here is there already.
  if (last && !(lastShown && sameDay(last, lastShown))) {
    setLastShown(last)
    setAt(last)
  }
  const { month, year } = at
  useEffect(() => onMonth?.({ year, month, day: 1 }), [onMonth, year, month])
  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
    moved.current = false
  }, [at])
  const onKeyDown = (event: KeyboardEvent) => {
    const next = dayAfterKey(at, event.key)
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    moved.current = true
    setAt(next)
  }
  return (
    <div>
      <div className="mb-1 flex items-center justify-between">
        <IconButton label="Month before" className="size-7!" onClick={() => setAt(addMonths(at, -1))}>
          <ChevronLeft className="size-4" />
        </IconButton>
        <h3 id={titleId} aria-live="polite" className="text-small font-semibold">
          {monthName.format(dateOf(at))}
        </h3>
        <IconButton label="Month after" className="size-7!" onClick={() => setAt(addMonths(at, 1))}>
          <ChevronRight className="size-4" />
        </IconButton>
      </div>
      <table
        ref={grid}
        role="grid"
        aria-labelledby={titleId}
        onKeyDown={onKeyDown}
        className="w-full table-fixed"
      >
        <thead>
          <tr>
            {weekdayNames.map((name) => (
              <th key={name} scope="col" abbr={name} className="pb-1 text-tiny font-medium text-mute">
                {name.slice(0, 2)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {monthWeeks(at).map((week) => (
            <tr key={`${week[0]?.month}-${week[0]?.day}`}>
              {week.map((day) => (
                <DayCell
                  key={`${day.month}-${day.day}`}
                  day={day}
                  outside={day.month !== at.month}
                  reachable={sameDay(day, at)}
                  chosen={isWithin(day, first, last)}
                  isToday={sameDay(day, today)}
                  hasData={hasData(day)}
                  onChoose={(extend) => {
                    // A day of another month stands elsewhere once that one is shown.
                    moved.current = true
                    setAt(day)
                    onChoose(day, extend)
                  }}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface DayCellProps {
  day: Day
  outside: boolean
  reachable: boolean
  chosen: boolean
  isToday: boolean
  hasData: boolean
  onChoose: (extend: boolean) => void
}

function DayCell({ day, outside, reachable, chosen, isToday, hasData, onChoose }: DayCellProps) {
  const name = wholeName.format(dateOf(day))
  return (
    <td role="gridcell" aria-selected={chosen} className="p-px text-center">
      <button
        type="button"
        tabIndex={reachable ? 0 : -1}
        aria-disabled={!hasData}
        aria-label={hasData ? name : `${name}, no data`}
        aria-current={isToday ? 'date' : undefined}
        onClick={(event) => hasData && onChoose(event.shiftKey)}
        className={classes(
          'relative h-8 w-full rounded-lg text-small transition-colors',
          hasData ? 'hover:bg-hover' : 'cursor-default! opacity-60',
          hasData && (chosen || !outside) ? 'text-text' : 'text-mute',
          chosen && 'chosen font-semibold',
          isToday && (chosen ? 'underline underline-offset-2' : 'font-semibold text-accent!'),
        )}
      >
        {day.day}
        {hasData && (
          <i
            aria-hidden="true"
            className="absolute inset-x-0 bottom-1 mx-auto size-[3px] rounded-full bg-accent"
          />
        )}
      </button>
    </td>
  )
}

function isWithin(day: Day, first: Day | undefined, last: Day | undefined): boolean {
  if (!first || !last) return false
  const [at, begin, end] = [day, first, last].map((one) => dateOf(one).getTime())
  return at !== undefined && begin !== undefined && end !== undefined && at >= begin && at <= end
}

function dayAfterKey(at: Day, key: string): Day | undefined {
  const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[key]
  if (days !== undefined) return addDays(at, days)
  const weekday = (dateOf(at).getDay() + 6) % 7
  switch (key) {
    case 'Home':
      return addDays(at, -weekday)
    case 'End':
      return addDays(at, 6 - weekday)
    case 'PageUp':
      return addMonths(at, -1)
    case 'PageDown':
      return addMonths(at, 1)
    default:
      return undefined
  }
}
