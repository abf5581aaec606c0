import { expect } from 'vitest'
import type { LivePage } from './livePage.ts'
import { clock, spoken } from './spoken.ts'
import type { StreamRecord } from './stream.ts'

/** Slow families come every tenth tick. */
const slow = 10

/** What the page states, by place: tiles and legends of what every simulated machine has. */
export async function statedBy(live: LivePage): Promise<Record<string, unknown>> {
  return {
    cpu: await live.tile('CPU'),
    memory: await live.tile('Memory'),
    memoryPercent: await live.tileAside('Memory'),
    load: await live.tile('Load'),
    receive: await live.tile('Network ↓'),
    transmit: await live.tileAside('Network ↓'),
    write: await live.tile('Disk write'),
    read: await live.tileAside('Disk write'),
    hottest: await live.tile('Hottest'),
    modes: await live.legendValues('CPU'),
    loads: await live.legendValues('Load'),
    pressures: await live.legendValues('Pressure'),
    temperatures: await live.legendValues('Temperatures'),
  }
}

/** What the page must state of that time, from what the stream said. */
function due(record: StreamRecord, time: number): Record<string, unknown> {
  const say = (metric: string, unit: string, every = 1) => spoken(record.known(metric, time, every), unit)
  const [used, total] = [say('memory.used', 'bytes'), say('memory.total', 'bytes')]
  const sensors = [...record.lately(time, slow)].filter((metric) => metric.startsWith('temperature{'))
  const hottest = Math.max(...sensors.map((metric) => record.known(metric, time, slow) ?? -Infinity))
  return {
    cpu: say('cpu', 'percent'),
    memory: used.endsWith(' GiB') ? `${used.slice(0, -4)} / ${total}` : `${used} / ${total}`,
    memoryPercent: say('memory', 'percent'),
    load: `${say('load.1m', '')} 1 min`,
    receive: say('network.receive', 'bytes/s'),
    transmit: `↑ ${say('network.transmit', 'bytes/s')}`,
    write: say('disk.write', 'bytes/s'),
    read: `read ${say('disk.read', 'bytes/s')}`,
    hottest: spoken(hottest, 'celsius'),
    modes: modesAt(record, time),
    loads: { '1 min': say('load.1m', ''), '5 min': say('load.5m', ''), '15 min': say('load.15m', '') },
    pressures: {
      cpu: say('pressure.cpu', 'percent'),
      memory: say('pressure.memory', 'percent'),
      io: say('pressure.io', 'percent'),
    },
    temperatures: Object.fromEntries(
      sensors.map((metric) => [labelOf(metric), say(metric, 'celsius', slow)] as const),
    ),
  }
}

const modes = ['user', 'system', 'iowait', 'steal'] as const

function modesAt(record: StreamRecord, time: number): Record<string, string> {
  return Object.fromEntries(
    modes.map((mode) => [mode, spoken(record.at(time).get(`cpu.${mode}`), 'percent')]),
  )
}

function labelOf(metric: string): string {
  return /\{\w+=(.*)\}$/.exec(metric)?.[1] ?? metric
}

/** Everything that the page states of the instant it names must be what the stream said of that time. */
export async function expectValuesOfStream(live: LivePage, record: StreamRecord): Promise<void> {
  await expect.poll(() => live.instant(), { message: 'the page names an instant' }).not.toBe('')
  const instant = await live.instant()
  const stated = await statedBy(live)
  await expect.poll(() => record.times.some((time) => clock(time) > instant)).toBe(true)
  const candidates = record.times.filter((time) => clock(time) === instant)
  expect(candidates.length, `ticks of the stream at ${instant}`).toBeGreaterThan(0)
  const differing = (expected: Record<string, unknown>) =>
    Object.keys(expected).filter((key) => JSON.stringify(expected[key]) !== JSON.stringify(stated[key]))
      .length
  // The page names the second; of the ticks in it, the likeliest is compared in full.
  const [likeliest] = candidates.map((time) => due(record, time)).sort((a, b) => differing(a) - differing(b))
  expect(stated, `values on the page at ${instant}`).toEqual(likeliest)
}

/** The CPU chart's words for a tick: what its crosshair reads out. */
function readOut(record: StreamRecord, time: number): string {
  const values = Object.entries(modesAt(record, time)).map(([mode, text]) => `${mode} ${text}`)
  return `${clock(time)}${tenth(record, time)}, ${values.join(', ')}`
}

/** Of ticks that come faster than the seconds, the tenth of theirs is read out too. */
function tenth({ times: [first = 0, second = Infinity] }: StreamRecord, time: number): string {
  return second - first < 1 ? `.${Math.floor(new Date(time * 1000).getMilliseconds() / 100)}` : ''
}

/**
 * Walks the crosshair of the CPU chart back from the newest sample of a paused page, tick by tick, beyond a time, and
 * expects exactly the ticks of the stream: none missing, none twice.
 */
export async function expectNoHoleSince(live: LivePage, record: StreamRecord, since: number): Promise<void> {
  const walked = await walkBack(live, clock(since))
  const streamed = record.times.map((time) => readOut(record, time))
  const start = streamed.indexOf(walked[0] ?? '')
  const around = streamed.slice(start, start + walked.length)
  const whole = `\n${streamed.join('\n')}\n`
  if (!whole.includes(`\n${walked.join('\n')}\n`)) expect(walked).toEqual(around)
  expect(walked.length).toBeGreaterThan(1)
}

/** What the crosshair reads out, oldest first. */
async function walkBack(live: LivePage, until: string): Promise<string[]> {
  const walked: string[] = []
  await live.chart('CPU').press('End')
  do {
    walked.unshift(await live.underCrosshair('CPU'))
    await live.chart('CPU').press('ArrowLeft')
  } while ((walked[0] ?? '').slice(0, 8) > until && walked.length < 2000)
  await live.chart('CPU').press('Escape')
  return walked
}
