import { expect } from 'vitest'
import { story } from '../rig/story.ts'

story('from the first paint to the first live line: measured, not judged', async ({ stage }) => {
  const server = await stage.simulate()
  // Once for the caches of this machine, then as a viewer who comes.
  await stage.open(server.url)
  const live = await stage.blank()
  await live.page.addInitScript(() => {
    const look = () => {
      const main = document.querySelector('main')
      const figure = main?.querySelector('[aria-label=CPU] p')?.textContent ?? ''
      if (/\d/.test(figure)) performance.mark('first-live-line')
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
  await live.page.goto(server.url)
  await live.ready()
  const times = await live.page.evaluate(() => {
    const at = (name: string) => performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN
    return { paint: at('first-contentful-paint'), live: at('first-live-line') }
  })
  expect(times.paint).toBeGreaterThan(0)
  expect(times.live).toBeGreaterThan(0)
  const gap = Math.max(0, times.live - times.paint)
  console.log(
    `first paint after ${times.paint.toFixed(0)} ms, first live line ${gap.toFixed(0)} ms later (loopback, beside the other stories)`,
  )
})
