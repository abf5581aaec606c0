import { paintedFiner } from '../../chart/canvasBox.ts'
import { formatInstant } from '../../chart/format.ts'
import { ghostName } from '../../chart/ghost.ts'
import { heatStops } from '../../chart/heatPalette.ts'
import type { TimeRange } from '../../chart/timeWindow.ts'
import type { ShownLine, ShownPanel } from './shownPanel.ts'

const margin = 16
const titleSize = 15
const textSize = 12
const lineHeight = 20
/** The colour before a name. */
const swatch = 9
const swatchGap = 5

/** Device pixels in a CSS pixel, at least: a picture is looked at on other screens, too. */
const leastRatio = 2

type Write = (text: string, x: number, y: number, size: number, weight: number, color: string) => number

/**
 * A picture of a chart to be passed on: what its canvas shows, under its title, the host and the time, above the names
 * of its lines, or above the scale of its colours. In the colours of the page, and finer than its screen where that is
 * coarse. `ghost`: so many seconds earlier is what its faint lines show, 0 where it has none.
 */
export async function pictureOf(
  canvas: HTMLCanvasElement,
  panel: ShownPanel,
  host: string,
  range: TimeRange,
  ghost: number,
): Promise<Blob> {
  const style = getComputedStyle(canvas)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const ratio = Math.max(leastRatio, devicePixelRatio)
  const { clientWidth: width, clientHeight: chartHeight } = canvas
  const picture = document.createElement('canvas')
  const context = picture.getContext('2d')
  if (context === null) throw new Error('The browser has no room for a picture of this size')
  const write: Write = (text, x, y, size, weight, color) => {
    context.font = `${weight} ${size}px ${token('--face')}`
    context.fillStyle = color
    context.fillText(text, x, y)
    return context.measureText(text).width
  }
  const named = panel.lines.filter(isNamed)
  const entries = placeEntries(namesIn(named, ghost), width, (label) =>
    write(label, 0, 0, textSize, 400, 'transparent'),
  )
  const head = margin + titleSize + lineHeight + 8
  const foot = head + chartHeight + lineHeight
  const height = foot + (entries.at(-1)?.y ?? 0) + margin
  picture.width = Math.round((width + 2 * margin) * ratio)
  picture.height = Math.round(height * ratio)
  context.scale(ratio, ratio)
  context.fillStyle = token('--bg')
  context.fillRect(0, 0, width + 2 * margin, height)
  write(panel.title, margin, margin + titleSize, titleSize, 600, token('--text'))
  write(subtitle(host, range), margin, margin + titleSize + lineHeight, textSize, 400, token('--mute'))
  paintedFiner(canvas, ratio, () => context.drawImage(canvas, margin, head, width, chartHeight))
  for (const { color, label, x, y } of entries) {
    context.fillStyle = token(color)
    context.fillRect(x, foot + y - swatch, swatch, swatch)
    write(label, x + swatch + swatchGap, foot + y, textSize, 400, token('--soft'))
  }
  if (named.length < panel.lines.length) drawHeatScale(context, write, token, width, foot)
  return blobOf(picture)
}

interface Name {
  label: string
  color: string
}

type NamedLine = ShownLine & Name

/** The rows of a heat strip have their names within it, and no colour of their own. */
function isNamed(line: ShownLine): line is NamedLine {
  return line.color !== undefined
}

/** The names below the picture; who sees it later knows no yesterday. */
export function namesIn(lines: readonly Name[], ghost: number): readonly Name[] {
  if (ghost === 0 || lines.length === 0) return lines
  return [...lines, { label: `faint: ${dayBefore[ghost] ?? ghostName(ghost)}`, color: '--mute' }]
}

const dayBefore: Readonly<Record<number, string>> = { 86_400: 'the day before', 604_800: 'the week before' }

/** What the colours of a heat strip mean. */
function drawHeatScale(
  context: CanvasRenderingContext2D,
  write: Write,
  token: (name: string) => string,
  width: number,
  y: number,
): void {
  const color = token('--soft')
  const left = margin + write('0 %', margin, y, textSize, 400, color) + swatchGap
  const right = margin + width - write('100 %', 0, 0, textSize, 400, 'transparent') - swatchGap
  write('100 %', right + swatchGap, y, textSize, 400, color)
  const scale = context.createLinearGradient(left, 0, right, 0)
  for (const { at, token: name } of heatStops) scale.addColorStop(at, token(name))
  context.fillStyle = scale
  context.fillRect(left, y - swatch, right - left, swatch)
}

/** The names side by side, in as many rows as they need; y from the first of these. */
function placeEntries(names: readonly Name[], width: number, measure: (label: string) => number) {
  let [x, y] = [margin, 0]
  return names.map(({ label, color }) => {
    const wide = swatch + swatchGap + measure(label)
    if (x > margin && x + wide > margin + width) [x, y] = [margin, y + lineHeight]
    const entry = { label, color, x, y }
    x += wide + margin
    return entry
  })
}

function subtitle(host: string, { from, to }: TimeRange): string {
  const elsewhere = 0 // with the date in any case
  return `${host}, ${formatInstant(from, elsewhere)} to ${formatInstant(to, elsewhere)}`
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The browser made no picture'))
      else resolve(blob)
    }, 'image/png')
  })
}
