import { formatAge, formatBytes, noValue } from '../../chart/format.ts'
import type { FilesystemModel } from './panels/model.ts'
import type { Reader } from './reader.ts'

/** From here on a file system is getting full, and is nearly full. */
const warningPercent = 80
const criticalPercent = 90

export type FilesystemState = 'normal' | 'warning' | 'critical' | 'silent'

export interface FilesystemReading {
  state: FilesystemState
  /** Undefined while nothing is known. */
  percent: number | undefined
  /** `41.3 of 90.0 GiB`, or for how long it is silent. */
  text: string
}

/** How full a file system is at the reader's instant, or since when it does not answer. */
export function readFilesystem(model: FilesystemModel, reader: Reader): FilesystemReading {
  const used = valueOf(model.used, reader)
  const total = valueOf(model.total, reader)
  const percent = valueOf(model.percent, reader) ?? shareOf(used, total)
  if (percent === undefined) return silence(model, reader)
  return { state: stateOf(percent), percent, text: sizeText(used, total) ?? `${percent.toFixed(1)} %` }
}

function silence(model: FilesystemModel, reader: Reader): FilesystemReading {
  const last = [model.percent, model.used, model.total]
    .map((metric) => metric && reader.lastTime(metric))
    .find((time) => typeof time === 'number')
  const seconds = typeof last === 'number' ? reader.time - last : Number.NaN
  const text = seconds > 0 ? `silent for ${formatAge(seconds)}` : noValue
  return { state: 'silent', percent: undefined, text }
}

function stateOf(percent: number): FilesystemState {
  if (percent >= criticalPercent) return 'critical'
  return percent >= warningPercent ? 'warning' : 'normal'
}

function shareOf(used: number | undefined, total: number | undefined): number | undefined {
  return used === undefined || !total ? undefined : (used / total) * 100
}

function sizeText(used: number | undefined, total: number | undefined): string | undefined {
  if (used === undefined || total === undefined) return undefined
  const part = formatBytes(used)
  const whole = formatBytes(total)
  const partText = part.unit === whole.unit ? part.text : `${part.text} ${part.unit}`
  return `${partText} of ${whole.text} ${whole.unit}`
}

function valueOf(metric: string | undefined, reader: Reader): number | undefined {
  return metric === undefined ? undefined : reader.value(metric)
}
