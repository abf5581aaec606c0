import { expect } from 'vitest'
import { FakeServer } from '../rig/fakeServer.ts'
import type { LivePage } from '../rig/livePage.ts'
import { fakeMachine } from '../rig/machines.ts'
import { colorAt } from '../rig/pixels.ts'
import { story } from '../rig/story.ts'

const background = { dark: '#0b0e13', light: '#fbfcfe' } as const

story(
  'dark, light or as the system: chosen by key, remembered, right from the first paint',
  async ({ stage }) => {
    const server = await stage.simulate()
    const live = await stage.open(server.url, { colorScheme: 'light' })
    expect(await live.theme(), 'as the system').toBe('light')
    await live.page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(() => live.theme()).toBe('dark')

    const picture = await live.picture('Cores')
    await live.page.keyboard.press('t')
    await live.page.getByRole('button', { name: /Theme: dark/ }).waitFor()
    await live.page.getByRole('button', { name: /Theme: dark/ }).click()
    await live.page.getByRole('button', { name: /Theme: light/ }).waitFor()
    expect(await live.theme()).toBe('light')
    await expect.poll(() => live.picture('Cores')).not.toBe(picture)
    await expectBackground(live, 'light')

    // The app is held back: what is painted now is what stands there before it runs.
    await live.page.route('**/assets/*.js', () => undefined)
    await live.page.goto(server.url, { waitUntil: 'commit' })
    await live.page.locator('#root').waitFor({ state: 'attached' })
    await expectBackground(live, 'light')
    expect(await live.page.locator('#root > *').count(), 'the app does not run yet').toBe(0)
  },
)

story('less motion for those who ask for it', async ({ stage }) => {
  const server = await stage.simulate()
  const live = await stage.open(server.url, { reducedMotion: 'reduce' })
  await live.page.getByRole('button', { name: /Keyboard/ }).click()
  await live.page.getByRole('dialog').waitFor()
  expect(await longestMotion(live), 'milliseconds of the longest motion').toBeLessThanOrEqual(1)

  const other = await stage.open(server.url, { reducedMotion: 'no-preference' })
  expect(await longestMotion(other), 'the measure sees motion where there is some').toBeGreaterThan(50)
})

for (const [width, height] of [
  [390, 844],
  [360, 740],
] as const) {
  story(`a phone of ${width} x ${height}: nothing sideways, essentials first`, async ({ stage }) => {
    const server = await stage.simulate()
    const viewport = { width, height }
    const live = await stage.open(server.url, {
      viewport,
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    })
    expect(await overflowing(live), 'what reaches beyond the edge').toEqual([])
    for (const essential of [
      live.badge,
      live.pauseButton,
      live.page.getByRole('heading', { name: 'Memory' }).first(),
    ]) {
      const box = (await essential.boundingBox())!
      expect(box.y + box.height, 'in sight without scrolling').toBeLessThanOrEqual(height)
    }
    const [tiles, chart] = [live.tileBox('CPU'), live.chart('CPU')]
    expect((await tiles.boundingBox())!.y).toBeLessThan((await chart.boundingBox())!.y)

    const plot = (await chart.boundingBox())!
    await live.page.touchscreen.tap(plot.x + plot.width / 2, plot.y + plot.height / 2)
    await expect.poll(() => live.instant('Memory')).toMatch(/^\d\d:/)
  })
}

story('a wall of 3840 x 2160 is filled and readable from afar', async ({ stage }) => {
  const server = await stage.simulate()
  const live = await stage.open(server.url, { viewport: { width: 3840, height: 2160 } })
  expect(await overflowing(live), 'what reaches beyond the edge').toEqual([])
  const size = await live.page.evaluate(() =>
    parseFloat(getComputedStyle(document.querySelector('main')!).fontSize),
  )
  expect(size, 'pixels of the type').toBeGreaterThan(16)
  const chart = (await live.chart('Cores').boundingBox())!
  expect(chart.x + chart.width, 'the last column ends near the edge').toBeGreaterThan(3700)
})

story('128 cores: each is a row that can be told apart', async ({ stage }) => {
  const fake = stage.keep(await FakeServer.start(fakeMachine(128, 120, 1, 77), await stage.simulate()))
  const live = await stage.open(fake.url)
  await expect.poll(() => live.statement('Cores')).toBe('128 cores, busiest #77')
  const hottest = await hottestRow(live)
  expect(hottest.share, 'height of the busy core in the strip').toBeGreaterThan(77 / 128 - 0.02)
  expect(hottest.share).toBeLessThan(78 / 128 + 0.02)
  expect(hottest.rows, 'pixels of its row').toBeGreaterThanOrEqual(1)
})

async function expectBackground(live: LivePage, theme: 'dark' | 'light'): Promise<void> {
  await expect.poll(() => colorAt(live.page, 1400, 880)).toBe(background[theme])
}

/** Milliseconds of the longest transition or animation that any element would make. */
async function longestMotion(live: LivePage): Promise<number> {
  return live.page.evaluate(() => {
    const seconds = (list: string) => Math.max(...list.split(',').map((one) => parseFloat(one)))
    const times = [...document.querySelectorAll('*')].flatMap((element) => {
      const style = getComputedStyle(element)
      const animated = style.animationName === 'none' ? 0 : seconds(style.animationDuration)
      return [seconds(style.transitionDuration), animated]
    })
    return Math.max(...times) * 1000
  })
}

/** Elements that reach beyond the right edge and are not cut off there. */
async function overflowing(live: LivePage): Promise<string[]> {
  return live.page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 0.5,
    )
    return [
      `the page is ${scrollWidth} wide, not ${clientWidth}`,
      ...wide.map((element) =>
        `${element.tagName} ${element.className} ${element.textContent}`.slice(0, 120),
      ),
    ]
  })
}

/** Where the row in the colour of full load is in the strip of cores: its middle as a share of all rows, and its height. */
async function hottestRow(live: LivePage): Promise<{ share: number; rows: number }> {
  return live.chart('Cores').evaluate((element) => {
    const canvas = element as HTMLCanvasElement
    const x = Math.round(canvas.width * 0.9)
    const { data } = canvas.getContext('2d')!.getImageData(x, 0, 1, canvas.height)
    const color = (y: number) => data.subarray(y * 4, y * 4 + 3)
    const rows = Array.from({ length: canvas.height }, (_, y) => y)
    const hot = rows.filter((y) => color(y)[0]! - color(y)[2]! > 60)
    // The strip begins at the top; the labels of the times stand below it.
    const bottom = Math.max(...rows.filter((y) => Math.max(...color(y)) - Math.min(...color(y)) > 12))
    const top = Math.min(...rows.filter((y) => Math.max(...color(y)) - Math.min(...color(y)) > 12))
    const middle = hot.reduce((sum, y) => sum + y + 0.5, 0) / hot.length
    return { share: (middle - top) / (bottom + 1 - top), rows: hot.length }
  })
}
