import { describe, expect, it } from 'vitest'
import type { Series } from '../../../wire/types.gen.ts'
import { hostOf, series } from '../testing/fakes.ts'
import { agedOf } from './age.ts'
import { customText } from './customText.ts'
import { customFamilies } from './families.ts'
import { pushLines } from './pushLines.ts'

const pushed = (metric: string, more: Partial<Series> = {}): Series => ({
  ...series(metric, 'celsius'),
  custom: true,
  ...more,
})

describe('families of pushed series', () => {
  it('stand in the order in which they appeared, each with its unit and help', () => {
    const host = hostOf([pushed('room.temp{room=attic}', { help: 'air' }), series('cpu'), pushed('door')], [])
    const families = customFamilies(host.custom)
    expect(families.map(({ title, unit, help }) => [title, unit, help])).toEqual([
      ['room.temp', 'celsius', 'air'],
      ['door', 'celsius', ''],
    ])
  })

  it('name their members by the labels that tell them apart', () => {
    const catalog = ['attic', 'cellar'].map((room) => pushed(`room.temp{house=mill,room=${room}}`))
    const [family] = customFamilies(hostOf(catalog, []).custom)
    expect(family?.members.map(({ label }) => label)).toEqual(['attic', 'cellar'])
  })

  it('recolour nothing when one more appears', () => {
    const colorsOf = (catalog: Series[]) =>
      customFamilies(hostOf(catalog, []).custom)[0]?.members.map(({ label, color }) => `${label} ${color}`) ??
      []
    const two = ['b', 'c'].map((room) => pushed(`room.temp{room=${room}}`))
    const three = [...two, pushed('room.temp{room=a}')]
    expect(colorsOf(three).slice(0, 2)).toEqual(colorsOf(two))
  })
})

describe('the newest pushed value', () => {
  const host = hostOf([series('cpu'), pushed('room.temp')], [[1], [21.3]], 1000)
  const [column] = host.custom

  it('bears its age, and stands back once that is not usual', () => {
    expect(agedOf(column!, 1000.4)).toEqual({ value: 21.3, age: 'now', stale: false })
    expect(agedOf(column!, 1004.9)).toMatchObject({ age: '4 s ago', stale: false })
    expect(agedOf(column!, 1300)).toMatchObject({ value: 21.3, stale: true })
    expect(agedOf(column!, 1300)?.age).toMatch(/^at \d\d:16:40$/)
  })

  it('is never 0 where there is none', () => {
    const [empty] = hostOf([pushed('room.temp')], []).custom
    expect(agedOf(empty!, 1000)).toBeUndefined()
  })

  it.each([
    [21.3, 'celsius', '21.3 °C'],
    [-7.25, 'celsius', '−7.25 °C'],
    [12, 'orders', '12 orders'],
    [0.1 + 0.2, '', '0.3'],
    [-2048, 'bytes', '−2.0 KiB'],
    [undefined, 'orders', '–'],
  ])('%j in %s reads %s', (value, unit, text) => {
    expect(customText(value, unit)).toBe(text)
  })
})

describe('the lines of the hint', () => {
  it('push to this server, and to the host at hand', () => {
    const { curl, vitals } = pushLines('https://v.example/vitals/', 'Bob’s box')
    expect(curl).toContain('https://v.example/vitals/api/v1/events')
    expect(curl).toContain('"host":"Bob’s box"')
    expect(vitals).toBe("vitals push room.temp=21.3 --host 'Bob’s box' --to https://v.example/vitals/")
    expect(pushLines('http://localhost/', undefined).vitals).not.toContain('--host')
  })
})
