import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Download, Page } from 'playwright-core'
import { expect } from 'vitest'
import { holeIn } from '../rig/pixels.ts'
import { axeFindsNothing } from '../rig/faults.ts'
import type { LivePage } from '../rig/livePage.ts'
import { spoken } from '../rig/spoken.ts'
import { type Stage, story } from '../rig/story.ts'
import type { VitalsServer } from '../rig/vitalsServer.ts'

interface Figures {
  count: number
  min: number
  mean: number
  p95: number
  max: number
  last: number
}

interface Answer {
  series: { series: { metric: string; unit: string }; summary: Figures }[]
}

const columns = ['min', 'mean', 'p95', 'max', 'last'] as const

/** A machine with an hour of the past on its page, and where that lies. */
async function pastHour(stage: Stage, more = '') {
  const server = await stage.simulate('--simulate-hosts', '1', '--simulate-past', '2h')
  const to = Math.floor(Date.now() / 1000) - 600
  const from = to - 3600
  const live = await stage.open(`${server.url}?from=${from}&to=${to}${more}`)
  await live.page.locator('main[aria-busy=false]').waitFor()
  return { server, live, from, to }
}

async function saved(page: Page, save: () => Promise<void>): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent('download'), save()])
  return download
}

async function choose(live: LivePage, panel: string, item: RegExp): Promise<Download> {
  return saved(live.page, async () => {
    await live.page.getByRole('button', { name: `Export ${panel}`, exact: true }).click()
    await live.page.getByRole('menuitem', { name: item }).click()
  })
}

async function summaries(server: VitalsServer, metrics: string, from: number, to: number): Promise<Answer> {
  const query = new URLSearchParams({
    metrics,
    from: String(from),
    to: String(to),
    step: '86400',
    summary: '1',
  })
  const response = await fetch(`${server.url}api/v1/history?${query.toString()}`)
  return (await response.json()) as Answer
}

/** The table of a panel, by metric and column. */
async function tableOf(page: Page, panel: string): Promise<Record<string, string[]>> {
  const rows = page.locator(`[data-summary=${panel}][aria-busy=false] tr[data-metric]`)
  await rows.first().waitFor()
  return rows.evaluateAll((all) =>
    Object.fromEntries(
      all.map((row) => [
        row.getAttribute('data-metric') ?? '',
        [...row.querySelectorAll('td')].map((cell) => cell.textContent),
      ]),
    ),
  )
}

function asTable({ series }: Answer): Record<string, string[]> {
  return Object.fromEntries(
    series.map(({ series: { metric, unit }, summary }) => [
      metric,
      columns.map((column) => spoken(summary[column], unit)),
    ]),
  )
}

story(
  'the table under a chart says what the server says of the same time, and follows a zoom',
  async ({ stage }) => {
    const { server, live, from, to } = await pastHour(stage)
    const metrics = 'cpu.user,cpu.system,cpu.iowait,cpu.steal'
    await live.page.getByRole('button', { name: 'Table of CPU' }).click()
    await expect
      .poll(() => tableOf(live.page, 'cpu'))
      .toEqual(asTable(await summaries(server, metrics, from, to)))
    await expect.poll(() => new URL(live.page.url()).searchParams.get('table')).toBe('cpu')
    await axeFindsNothing(live.page, 'the page with a table')

    await live.page.goto(`${server.url}?from=${from + 1200}&to=${to - 1200}&table=cpu`)
    const closer = asTable(await summaries(server, metrics, from + 1200, to - 1200))
    await expect.poll(() => tableOf(live.page, 'cpu')).toEqual(closer)
    await live.legend('CPU', 'steal').click()
    const rest = Object.fromEntries(Object.entries(closer).filter(([metric]) => metric !== 'cpu.steal'))
    await expect.poll(() => tableOf(live.page, 'cpu')).toEqual(rest)
  },
)

story('a CSV holds the lines and the time that are seen, drawn or sample by sample', async ({ stage }) => {
  const { server, live, from, to } = await pastHour(stage, '&hide=cpu:steal')
  const drawn = await choose(live, 'CPU', /drawn/)
  expect(drawn.suggestedFilename()).toMatch(/^vitals-web-1-CPU-\d{8}T\d{6}Z\.csv$/)
  const lines = (await readFile(await drawn.path(), 'utf8')).trimEnd().split('\r\n')
  expect(lines[0]).toBe('timestamp,unix,step,host,metric,min,mean,max,unit')
  const cells = lines.slice(1).map((line) => line.split(','))
  expect(new Set(cells.map((row) => row[4]))).toEqual(new Set(['cpu.iowait', 'cpu.system', 'cpu.user']))
  const step = Number(cells[0]?.[2])
  for (const [, unix] of cells) {
    expect(Number(unix)).toBeGreaterThan(from - step - 1)
    expect(Number(unix)).toBeLessThan(to)
  }

  const samples = await choose(live, 'CPU', /every sample/)
  expect(samples.suggestedFilename()).toMatch(/^vitals-web-1-\d{8}T\d{6}Z\.csv$/)
  const all = (await readFile(await samples.path(), 'utf8')).trimEnd().split(/\r?\n/)
  const { series } = await summaries(server, 'cpu.user,cpu.system,cpu.iowait', from, to)
  const count = series.reduce((sum, { summary }) => sum + summary.count, 0)
  expect(all.length - 1).toBe(count)
})

story('the picture of a chart is one of twice its size, and not empty', async ({ stage }) => {
  const { live } = await pastHour(stage)
  await expect.poll(() => live.chart('CPU').getAttribute('aria-busy')).toBe('false')
  const box = await live.chart('CPU').boundingBox()
  const picture = await choose(live, 'CPU', /picture/)
  const bytes = await readFile(await picture.path())
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  expect(width).toBe(2 * (Math.round(box?.width ?? 0) + 32))
  expect(height).toBeGreaterThan(2 * (box?.height ?? 0))
  expect(bytes.length).toBeGreaterThan(5000)
})

story('the heat strip of the cores has its table, its picture and its CSV', async ({ stage }) => {
  const { server, live, from, to } = await pastHour(stage)
  const table = asTable(await summaries(server, 'cpu.core{*', from, to))
  const cores = Object.keys(table)
  expect(cores.length).toBeGreaterThan(1)
  await live.page.getByRole('button', { name: 'Table of Cores' }).click()
  await expect.poll(() => tableOf(live.page, 'cores')).toEqual(table)
  await axeFindsNothing(live.page, 'the page with a table of cores')

  const picture = await readFile(await (await choose(live, 'Cores', /picture/)).path())
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  expect(picture.length).toBeGreaterThan(5000)
  const csv = await readFile(await (await choose(live, 'Cores', /drawn/)).path(), 'utf8')
  const metrics = csv
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[4])
  expect(new Set(metrics)).toEqual(new Set(cores))
})

story(
  'a saved incident opens offline from a file: it draws, zooms and tells the same figures',
  async ({ stage }) => {
    const { server, live, from, to } = await pastHour(stage)
    await live.page.getByRole('button', { name: 'Export', exact: true }).click()
    const note = 'The disk </script><script>document.title = "bad"</script> filled'
    await live.page.getByLabel('Your name').fill('Ada')
    await live.page.getByLabel('What happened').fill(note)
    await axeFindsNothing(live.page, 'the page with the form for an incident')
    const download = await saved(live.page, () =>
      live.page.getByRole('button', { name: 'Save incident', exact: true }).click(),
    )
    expect(download.suggestedFilename()).toMatch(/^vitals-web-1-incident-.*\.html$/)
    const folder = await mkdtemp(join(tmpdir(), 'vitals-incident-'))
    stage.keep({ close: () => rm(folder, { recursive: true }) })
    const file = join(folder, 'incident.html')
    await download.saveAs(file)

    const incident = await stage.blank({ offline: true })
    const { page } = incident
    await page.goto(pathToFileURL(file).href)
    await page.locator('main[aria-busy=false]').waitFor()
    expect(await page.title()).toBe('web-1, incident')
    await page.getByText(note, { exact: true }).waitFor()
    await page.getByText(/^Incident, .*, saved .* by Ada$/).waitFor()
    await expect.poll(async () => (await holeIn(incident.chart('CPU'))).width).toBeGreaterThan(300)
    await expect.poll(async () => (await holeIn(incident.chart('CPU'))).longest).toBeLessThan(5)

    await page.getByRole('button', { name: 'Table of CPU' }).click()
    const metrics = 'cpu.user,cpu.system,cpu.iowait,cpu.steal'
    const whole = asTable(await summaries(server, metrics, from, to))
    await expect.poll(() => tableOf(page, 'cpu')).toEqual(whole)
    const box = await incident.chart('CPU').boundingBox()
    if (box === null) throw new Error('the chart has no place')
    const y = box.y + box.height / 2
    await page.mouse.move(box.x + box.width * 0.4, y)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, y, { steps: 5 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Whole range' }).waitFor()
    await expect.poll(() => tableOf(page, 'cpu')).not.toEqual(whole)
    await page.getByRole('button', { name: 'Whole range' }).click()
    await expect.poll(() => tableOf(page, 'cpu')).toEqual(whole)
    await axeFindsNothing(page, 'a saved incident')
  },
)

story(
  'a day of every second is drawn over the whole width, with its figures to the sample',
  async ({ stage }) => {
    const server = await stage.simulate('--simulate-hosts', '1', '--simulate-past', '25h')
    const to = Math.floor(Date.now() / 1000) - 600
    const from = to - 86_400
    const live = await stage.open(`${server.url}?from=${from}&to=${to}&table=memory`)
    await expect.poll(async () => (await holeIn(live.chart('Memory'))).longest).toBeLessThan(5)
    expect((await holeIn(live.chart('Memory'))).width).toBeGreaterThan(200)
    const answer = await summaries(server, 'memory.used,memory.cached', from, to)
    expect(answer.series[0]?.summary.count).toBeGreaterThan(86_000)
    await expect.poll(() => tableOf(live.page, 'memory')).toEqual(asTable(answer))
  },
  240_000,
)
