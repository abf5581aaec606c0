import { describe, expect, it } from 'vitest'
import { namesIn } from './picture.ts'

describe('the names below a picture', () => {
  const lines = [{ label: 'user', color: '--c1' }]

  it('are those of its lines', () => {
    expect(namesIn(lines, 0)).toEqual(lines)
  })

  it.each([
    [86_400, 'faint: the day before'],
    [604_800, 'faint: the week before'],
    [3600, 'faint: 1 h before'],
  ])('tell of the faint lines of %d s earlier', (ghost, label) => {
    expect(namesIn(lines, ghost)).toEqual([...lines, { label, color: '--mute' }])
  })

  it('tell of none where there are no lines', () => {
    expect(namesIn([], 86_400)).toEqual([])
  })
})
