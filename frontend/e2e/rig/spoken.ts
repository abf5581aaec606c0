/**
 * Values as the page must show them, written from the rules and not from the page's own code: percent with one decimal,
 * bytes in powers of 1,024, rates in powers of 1,000, three digits or so.
 */
export function spoken(value: number | undefined, unit: string): string {
  if (value === undefined) return '–'
  switch (unit) {
    case 'percent':
      return `${value.toFixed(1)} %`
    case 'bytes':
      return prefixed(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'])
    case 'bytes/s':
      return `${prefixed(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])}/s`
    case 'celsius':
      return `${value.toFixed(0)} °C`
    case '':
      return value.toFixed(2)
    default:
      throw new Error(`no rule for the unit ${unit}`)
  }
}

function prefixed(value: number, base: number, units: readonly string[]): string {
  const steps = units.map((unit, power) => ({ text: digits(value / base ** power, power), unit }))
  const fitting = steps.find(({ text }) => Number(text) < base) ?? steps.at(-1)!
  return `${fitting.text} ${fitting.unit}`
}

/** Whole bytes; two decimals for small numbers of TiB and up; else one below a hundred and none above. */
function digits(value: number, power: number): string {
  if (power === 0) return Number.isInteger(value) ? String(value) : value.toFixed(1)
  if (power >= 4 && value < 9.995) return value.toFixed(2)
  return value.toFixed(value < 99.95 ? 1 : 0)
}

/** The time of day in the zone of the browser, which is UTC in these stories. */
export function clock(time: number): string {
  return new Date(time * 1000).toISOString().slice(11, 19)
}
