/** Days of the calendar in the viewer's zone. */

export interface Day {
  year: number
  /** 1 to 12. */
  month: number
  day: number
}

/** The week begins on Monday. */
export const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** The beginning of the day. */
export function dateOf({ year, month, day }: Day): Date {
  return new Date(year, month - 1, day)
}

/** The day of an instant in unix seconds. */
export function dayAt(seconds: number): Day {
  return dayOf(new Date(seconds * 1000))
}

/** Unix seconds at which a day begins. It may be 23 or 25 hours before the next one does. */
export function startOfDay(day: Day): number {
  return dateOf(day).getTime() / 1000
}

export function sameDay(one: Day, other: Day): boolean {
  return one.day === other.day && one.month === other.month && one.year === other.year
}

export function addDays({ year, month, day }: Day, days: number): Day {
  return dayOf(new Date(year, month - 1, day + days))
}

/** The same day of another month, or that month's last one. */
export function addMonths({ year, month, day }: Day, months: number): Day {
  const lastDay = new Date(year, month - 1 + months + 1, 0)
  return dayOf(new Date(lastDay.getFullYear(), lastDay.getMonth(), Math.min(day, lastDay.getDate())))
}

/** The six weeks around a month, always as many, so that the calendar keeps its height. */
export function monthWeeks({ year, month }: Day): Day[][] {
  const first: Day = { year, month, day: 1 }
  const before = (dateOf(first).getDay() + 6) % 7
  return Array.from({ length: 6 }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => addDays(first, week * 7 + weekday - before)),
  )
}

function dayOf(date: Date): Day {
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() }
}
