import { expect } from 'vitest'
import { FakeServer } from '../rig/fakeServer.ts'
import type { LivePage } from '../rig/livePage.ts'
import { fakeMachine } from '../rig/machines.ts'
import { someHour } from '../rig/pastPage.ts'
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
    await live.page.getByRole('button', { name: /Theme: light/ }).waitFor()
    expect(await live.theme(), 'the first press can be seen').toBe('light')
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

for (const [width, height] of [
  [1024, 768],
  [768, 1024],
  [720, 450],
  [360, 640],
] as const) {
  story(
    `the past on ${width} x ${height}: the head says all of it, and a chart is in sight`,
    async ({ stage }) => {
      const server = await stage.simulate('--simulate-hosts', '1', '--simulate-past', '2h')
      const { from, to } = someHour()
      const viewport = { width, height }
      const live = await stage.open(`${server.url}?from=${from}&to=${to}`, { viewport })
      await live.page.getByRole('button', { name: 'Play' }).waitFor()
      expect(await overflowing(live), 'what reaches beyond the edge').toEqual([])
      expect(await cutInHead(live), 'what is cut off').toEqual([])
      const chart = (await live.chart('CPU').boundingBox())!
      const player = (await live.page.getByRole('region', { name: 'Player' }).boundingBox())!
      expect(player.y - chart.y, 'pixels of the first chart above the player').toBeGreaterThan(50)
    },
  )
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
  const machine = fakeMachine(128, 120, 1, [77, 0, 127])
  const fake = stage.keep(await FakeServer.start(machine, await stage.simulate()))
  const live = await stage.open(fake.url)
  await expect.poll(() => live.statement('Cores')).toBe('128 cores, busiest #77')
  await expect.poll(() => hotRows(live), { message: 'middles of the busy rows' }).toHaveLength(3)
  const [first, middle, last] = (await hotRows(live)) as [number, number, number]
  expect(Math.abs((middle - first) / (last - first) - 77 / 127), 'where the row of core 77 is').toBeLessThan(
    0.01,
  )
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

/** Texts of the head that are there in part only: a line cut through, or a word that ends in dots. */
async function cutInHead(live: LivePage): Promise<string[]> {
  return live.page.locator('header').evaluate((head) => {
    const isCut = (element: HTMLElement) => {
      const { top, bottom, height } = element.getBoundingClientRect()
      if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'hidden')
        return true
      const frame = element.parentElement!.getBoundingClientRect()
      const shown = Math.min(bottom, frame.bottom) - Math.max(top, frame.top)
      return shown > 1 && shown < height - 1
    }
    const seen = [...head.querySelectorAll<HTMLElement>('div, span, b')].filter(
      (element) => element.clientHeight > 1 && element.closest('.sr-only') === null,
    )
    return seen.filter((element) => element.innerText !== '' && isCut(element)).map((one) => one.innerText)
  })
}

/** The middles of the rows in the colour of full load in the strip of cores, in pixels from its top. */
async function hotRows(live: LivePage): Promise<number[]> {
  return live.chart('Cores').evaluate((element) => {
    const canvas = element as HTMLCanvasElement
    const x = Math.round(canvas.width * 0.9)
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!
    copy.drawImage(canvas, 0, 0)
    const { data } = copy.getImageData(x, 0, 1, canvas.height)
    const rows = Array.from({ length: canvas.height }, (_, y) => y)
    const hot = rows.filter((y) => data[y * 4]! - data[y * 4 + 2]! > 60)
    const bands = hot
      .filter((y) => !hot.includes(y - 1))
      .map((top) => rows.slice(top).findIndex((y) => !hot.includes(y)))
    return hot.filter((y) => !hot.includes(y - 1)).map((top, index) => top + bands[index]! / 2)
  })
}
