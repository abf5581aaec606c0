// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../wire/check.ts'
import { fillPage, type Incident, incidentPoints, pointsOfEach, readIncident } from './incidentFormat.ts'

const page = `<html><body><script id="incident" type="application/json">
  null
</script><p>end</p></body></html>`
const hostile = '</script><script>alert(1)</script><!-- $& $1 \u2028 & "'
const times = Float64Array.of(10, 20, 30)
const mean = Float64Array.of(1, NaN, 3)

const incident: Incident = {
  host: { name: hostile, hostname: hostile },
  interval: 1,
  answer: {
    host: hostile,
    from: 10,
    to: 40,
    step: 0,
    series: ['cpu', hostile].map((metric) => ({
      series: { metric, family: 'cpu', unit: 'percent', kind: 'gauge' },
      times,
      min: mean,
      mean,
      max: mean,
      summary: { count: 2, min: 1, mean: 2, p95: 3, max: 3, last: 3, lastTime: 30 },
    })),
  },
  hidden: { cpu: [hostile] },
  savedAt: 50,
  savedBy: hostile,
  note: hostile,
  program: 'Vitals',
}

/** The data of a page, as a browser finds it. */
function dataIn(html: string): string {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  expect(parsed.querySelectorAll('script')).toHaveLength(1)
  expect(parsed.querySelector('p')?.textContent).toBe('end')
  return parsed.querySelector('#incident')?.textContent ?? ''
}

describe('an incident', () => {
  it('comes back from its page as it went in, whatever its names hold', () => {
    const read = readIncident(dataIn(fillPage(page, incident)))
    expect(read).toEqual({ ...incident, format: 1 })
    expect(read.answer.series[0]?.times).toBe(read.answer.series[1]?.times)
  })

  it('keeps buckets', () => {
    const { answer } = incident
    const max = mean.map((value) => value + 1)
    const series = answer.series.map((one) => ({ ...one, max }))
    const buckets = { ...incident, answer: { ...answer, step: 10, series } }
    const read = readIncident(dataIn(fillPage(page, buckets)))
    expect(read.answer.step).toBe(10)
    expect(read.answer.series[0]?.max).toEqual(max)
  })

  it('goes into no other page', () => {
    expect(() => fillPage('<html></html>', incident)).toThrow('another version')
    expect(() => fillPage(fillPage(page, incident), incident)).toThrow('another version')
  })

  it.each([
    ['null', ''],
    ['{"format":2}', 'format'],
    ['{"format":1}', 'host'],
    ['{"format":1,"host":{"name":"a","hostname":"a"},"savedAt":1,"interval":0}', 'interval'],
  ])('is refused when it is %s', (json, field) => {
    expect(() => readIncident(json)).toThrow(DecodeError)
    try {
      readIncident(json)
    } catch (error) {
      expect((error as DecodeError).field).toBe(field)
    }
  })
})

it('has a bounded number of points', () => {
  for (const count of [0, 1, 60, 300]) {
    expect(pointsOfEach(count)).toBeGreaterThanOrEqual(300)
    expect(pointsOfEach(count)).toBeLessThanOrEqual(3600)
    expect(3 * count * pointsOfEach(count)).toBeLessThanOrEqual(incidentPoints)
  }
})
