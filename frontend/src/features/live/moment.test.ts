import { describe, expect, it } from 'vitest'
import { momentText } from './moment.ts'

describe('the instant of a readout', () => {
  const at = new Date(2026, 10, 21, 14, 32, 7, 400).getTime()
  const nextDay = new Date(2026, 10, 22).getTime()

  it('has seconds where samples are a second apart', () => {
    expect(momentText(at / 1000, at)).toBe('14:32:07')
    expect(momentText(at / 1000, nextDay, 5)).toBe('21 Nov 14:32:07')
  })

  it('tells samples of one second apart', () => {
    const samples = [0, 100, 200, 300, 400, 500].map((more) => momentText((at + more) / 1000, at, 0.1))
    expect(samples.slice(0, 2)).toEqual(['14:32:07.4', '14:32:07.5'])
    expect(new Set(samples).size).toBe(samples.length)
    expect(momentText(at / 1000, nextDay, 0.5)).toBe('21 Nov 14:32:07.4')
  })

  it('is a dash while there is none', () => {
    expect(momentText(Number.NaN, at, 0.1)).toBe('–')
  })
})
