import { inflateSync } from 'node:zlib'
import type { Locator, Page } from 'playwright-core'

/** The colour of one point of the page as it is painted, `#0b0e13`. */
export async function colorAt(page: Page, x: number, y: number): Promise<string> {
  const image = await page.screenshot({ clip: { x, y, width: 1, height: 1 } })
  const data: Buffer[] = []
  // A PNG is a signature and chunks of length, type, data, checksum; a picture of one pixel is a filter byte and a colour.
  for (let at = 8; at < image.length; at += 12 + image.readUInt32BE(at)) {
    const type = image.toString('latin1', at + 4, at + 8)
    if (type === 'IDAT') data.push(image.subarray(at + 8, at + 8 + image.readUInt32BE(at)))
  }
  return `#${inflateSync(Buffer.concat(data)).toString('hex', 1, 4)}`
}

export interface Hole {
  /** Columns of pixels of the plot. */
  width: number
  /** How many of them are empty, in the longest empty stretch between painted ones. */
  longest: number
}

/** Looks for a stretch without colour between the painted ones of a chart whose area is filled. */
export async function holeIn(chart: Locator): Promise<Hole> {
  const { columns } = await paintOf(chart)
  const between = columns.replace(/^\.+|\.+$/g, '').match(/\.+/g) ?? []
  return { width: columns.length, longest: Math.max(0, ...between.map((run) => run.length)) }
}

/** How high the colour of a chart reaches: 0 is the foot of the plot, 1 its top. */
export async function highestPaint(chart: Locator): Promise<number> {
  return (await paintOf(chart)).highest
}

interface Paint {
  /** Of each column of pixels a # where it has colour, else a dot. */
  columns: string
  /** How high the colour reaches. */
  highest: number
}

/** What is coloured of the plot of a chart. */
async function paintOf(chart: Locator): Promise<Paint> {
  return chart.evaluate((element) => {
    const canvas = element as HTMLCanvasElement
    const scale = canvas.width / canvas.clientWidth
    // The labels of the axes stand at the left and below.
    const [left, bottom] = [Math.round(64 * scale), Math.round(canvas.height - 32 * scale)]
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!
    copy.drawImage(canvas, 0, 0)
    const width = canvas.width - left
    const { data } = copy.getImageData(left, 0, width, bottom)
    const columns = new Array<string>(width).fill('.')
    let top = bottom
    for (let at = data.length - 4; at >= 0; at -= 4) {
      const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3)
      if (Math.max(red, green, blue) - Math.min(red, green, blue) <= 25) continue
      const pixel = at / 4
      columns[pixel % width] = '#'
      top = Math.floor(pixel / width)
    }
    return { columns: columns.join(''), highest: 1 - top / bottom }
  })
}
