import { formatInstant } from '../../chart/format.ts'
import type { TimeRange } from '../../chart/timeWindow.ts'
import type { ShownPanel } from './shownPanel.ts'

const margin = 16
const titleSize = 15
const textSize = 12
const lineHeight = 20

/**
 * A picture of a chart to be passed on: what its canvas shows, under its title, the host and the time, above the names
 * of its lines. In the colours of the page and as fine as its screen.
 */
export async function pictureOf(
  canvas: HTMLCanvasElement,
  panel: ShownPanel,
  host: string,
  range: TimeRange,
): Promise<Blob> {
  const style = getComputedStyle(canvas)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const width = canvas.clientWidth
  const ratio = canvas.width / width
  const head = margin + titleSize + lineHeight + 8
  const height = head + canvas.clientHeight + lineHeight + margin
  const picture = document.createElement('canvas')
  picture.width = Math.round((width + 2 * margin) * ratio)
  picture.height = Math.round(height * ratio)
  const context = picture.getContext('2d')
  if (context === null) throw new Error('The browser has no room for a picture of this size')
  context.scale(ratio, ratio)
  context.fillStyle = token('--bg')
  context.fillRect(0, 0, width + 2 * margin, height)
  const write = (text: string, x: number, y: number, size: number, weight: number, color: string) => {
    context.font = `${weight} ${size}px ${token('--face')}`
    context.fillStyle = color
    context.fillText(text, x, y)
    return context.measureText(text).width
  }
  write(panel.title, margin, margin + titleSize, titleSize, 600, token('--text'))
  write(subtitle(host, range), margin, margin + titleSize + lineHeight, textSize, 400, token('--mute'))
  context.drawImage(canvas, margin, head, width, canvas.clientHeight)
  let x = margin
  const y = head + canvas.clientHeight + lineHeight
  for (const line of panel.lines) {
    if (x > width) break
    context.fillStyle = token(line.color)
    context.fillRect(x, y - 9, 9, 9)
    x += 14 + write(line.label, x + 14, y, textSize, 400, token('--soft')) + 16
  }
  return blobOf(picture)
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
