import type { LivePage } from './livePage.ts'

/** A stretch of the past, unix seconds. */
export interface Stretch {
  from: number
  to: number
}

/** What the address says of the time that is shown; both 0 while that is the present. */
export function timesIn(live: LivePage): Stretch {
  const { searchParams } = new URL(live.page.url())
  return { from: Number(searchParams.get('from')), to: Number(searchParams.get('to')) }
}

/** Seconds of the past that the address names. */
export function lengthIn(live: LivePage): number {
  const { from, to } = timesIn(live)
  return to - from
}

export function pill(live: LivePage) {
  return live.page.getByTitle('Back to Live (l)')
}

/** An hour of the past, so long ago that nothing of it can still come in. */
export function someHour(): Stretch {
  const to = Math.floor(Date.now() / 1000) - 600
  return { from: to - 3600, to }
}

/** Where the plot of a chart is on the page, the labels at its left and below left out. */
export async function plotOf(live: LivePage, title: string) {
  const box = await live.chart(title).boundingBox()
  if (box === null) throw new Error(`the chart of ${title} has no place`)
  const left = box.x + 72
  const width = box.x + box.width - left - 8
  return {
    /** The point at these shares of the width and the height. */
    at: (across: number, down = 0.5) => ({ x: left + across * width, y: box.y + down * (box.height - 40) }),
    axisY: box.y + box.height - 8,
    left,
    width,
  }
}

/** Drags the mouse from one point of the page to another. */
export async function drag(
  { page }: LivePage,
  from: { x: number; y: number },
  to: { x: number; y: number },
): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps: 6 })
  await page.mouse.up()
}
