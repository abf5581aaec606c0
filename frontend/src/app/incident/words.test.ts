import { describe, expect, it } from 'vitest'
import type { Incident } from '../../features/export/incidentFormat.ts'
import { rangeWords, savedWords } from './words.ts'

const at = (day: number, hour: number, second: number) =>
  new Date(2026, 10, day, hour, 30, second).getTime() / 1000

describe('a saved incident says', () => {
  it('which stretch it shows, to the second', () => {
    expect(rangeWords(at(22, 14, 7), at(22, 14, 52))).toMatch(/^22 Nov 14:30:07 – 14:30:52 \S+$/)
    expect(rangeWords(at(21, 23, 0), at(22, 1, 5))).toMatch(/^21 Nov 23:30:00 – 22 Nov 01:30:05 \S+$/)
  })

  it.each([
    [0, '', 'Incident, every sample, saved 22 Nov 2026 15:30'],
    [5, 'Ada', 'Incident, one point for 5 s, saved 22 Nov 2026 15:30 by Ada'],
    [3600, '', 'Incident, one point for 1 h, saved 22 Nov 2026 15:30'],
  ])('how fine it is with a step of %d s, when it was saved, and by whom', (step, savedBy, said) => {
    const incident: Incident = {
      host: { name: 'web-1', hostname: 'web-1' },
      interval: 1,
      answer: { host: 'web-1', from: at(22, 14, 0), to: at(22, 15, 0), step, series: [] },
      hidden: {},
      savedAt: at(22, 15, 7),
      savedBy,
      note: '',
      program: 'Vitals',
    }
    expect(savedWords(incident)).toBe(said)
  })
})
