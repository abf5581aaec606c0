import { formatText } from '../../../chart/format.ts'

/**
 * A pushed value with its unit. Whoever pushes knows what digits mean something: up to five are kept, where the values
 * that we measure ourselves have a form of their own.
 */
export function customText(value: number | undefined, unit: string): string {
  if (value === undefined) return formatText(undefined, unit)
  switch (unit) {
    case '':
      return digits(value)
    case 'celsius':
      return `${digits(value)} °C`
    case 'percent':
    case 'bytes':
    case 'bytes/s':
    case '1/s':
    case 'seconds':
    case 'boolean':
    case 'count':
      return formatText(value, unit).replace(/^-/, '−')
    default:
      return `${digits(value)} ${unit}`
  }
}

function digits(value: number): string {
  const rounded = Number(value.toPrecision(5))
  return String(rounded).replace('-', '−')
}
