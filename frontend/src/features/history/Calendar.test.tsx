import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, expect, it } from 'vitest'
import { Calendar } from './Calendar.tsx'
import type { Day } from './days.ts'
import { dayAt, startOfDay } from './days.ts'
import { isRecorded } from './recordedDays.ts'

afterEach(cleanup)

const today = { year: 2026, month: 11, day: 22 }

/** As the page uses it: what is chosen comes back as what is shown. */
function Shown({ hasData = () => true, shown }: { hasData?: (day: Day) => boolean; shown?: Day }) {
  const [chosen, setChosen] = useState(shown)
  return <Calendar first={chosen} last={chosen} today={today} hasData={hasData} onChoose={setChosen} />
}

/** The name of the day that has the focus; whether a comma follows the weekday is up to the browser. */
function focused(): string | undefined {
  return document.activeElement?.getAttribute('aria-label')?.replace(',', '')
}

function press(key: string): void {
  fireEvent.keyDown(document.activeElement!, { key })
}

it('keeps the focus when arrows lead into another month', () => {
  render(<Shown shown={{ year: 2026, month: 2, day: 28 }} />)
  screen.getByRole('button', { name: /^Saturday,? 28 February 2026$/ }).focus()
  press('ArrowRight')
  expect(focused()).toBe('Sunday 1 March 2026')
  press('ArrowUp')
  expect(focused()).toBe('Sunday 22 February 2026')
  press('PageUp')
  expect(focused()).toBe('Thursday 22 January 2026')
})

it('keeps the focus on a day of another month that is chosen', () => {
  render(<Shown shown={{ year: 2026, month: 11, day: 20 }} />)
  const day = screen.getByRole('button', { name: /^Saturday,? 31 October 2026$/ })
  day.focus()
  fireEvent.click(day)
  expect(screen.getByRole('heading').textContent).toBe('October 2026')
  expect(focused()).toBe('Saturday 31 October 2026')
})

it('says of a day without data that it has none, and does not choose it', () => {
  render(<Shown hasData={({ day }) => day !== 12} shown={{ year: 2026, month: 11, day: 20 }} />)
  const empty = screen.getByRole('button', { name: /^Thursday,? 12 November 2026, no data$/ })
  expect(empty.getAttribute('aria-disabled')).toBe('true')
  fireEvent.click(empty)
  expect(screen.getAllByRole('gridcell', { selected: true }).map((cell) => cell.textContent)).toEqual(['20'])
})

it('finds the days of which something is recorded', () => {
  const start = startOfDay({ year: 2026, month: 11, day: 10 })
  const hour = 3600
  const bounds = { oldest: start + hour, newest: start + 4 * 86_400 + hour }
  // Two days of hours, the second without values, then none, then what is too new to be asked for.
  const times = Float64Array.from({ length: 48 }, (_, index) => start + index * hour)
  const mean = times.map((_, index) => (index < 24 ? 1 : Number.NaN))
  const buckets = { times, min: mean, mean, max: mean, step: hour }
  const days = [-1, 0, 1, 2, 3, 4, 5].map((day) => dayAt(start + day * 86_400 + 12 * hour))
  const marks = (known: typeof buckets | undefined) => days.map((day) => isRecorded(day, bounds, known))
  expect(marks(buckets)).toEqual([false, true, false, false, false, true, false])
  expect(marks(undefined)).toEqual([false, true, true, true, true, true, false])
})
