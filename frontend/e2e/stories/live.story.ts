import { expect } from 'vitest'
import { spoken, clock } from '../rig/spoken.ts'
import { story } from '../rig/story.ts'

story('lines move, and the last minutes are there at once', async ({ stage }) => {
  const server = await stage.simulate()
  const live = await stage.open(server.url, { viewport: { width: 1680, height: 1000 } })
  const first = { time: await live.badge.innerText(), picture: await live.picture('CPU') }

  await live.chart('CPU').press('Home')
  const oldest = await live.instant()
  await live.chart('CPU').press('End')
  const newest = await live.instant()
  expect(secondsBetween(oldest, newest), 'seconds of past at the first look').toBeGreaterThan(240)
  await live.page.keyboard.press('Escape')

  await expect.poll(() => live.picture('CPU')).not.toBe(first.picture)
  await live.chart('CPU').press('End')
  await expect.poll(async () => {
    await live.page.keyboard.press('End')
    return live.instant()
  }).not.toBe(newest)
})

function secondsBetween(from: string, to: string): number {
  const [a, b] = [from, to].map((time) => Date.parse(`1970-01-01T${time}Z`) / 1000) as [number, number]
  return (b - a + 86_400) % 86_400
}
void spoken; void clock
