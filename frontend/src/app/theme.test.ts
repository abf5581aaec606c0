import { expect, test } from 'vitest'
import { nextChoice, type ThemeChoice } from './theme.ts'

test.each(['dark', 'light'] as const)(
  'a system that prefers %s: all three choices, the first to be seen',
  (preferred) => {
    const seen: ThemeChoice[] = ['system']
    for (let press = 0; press < 3; press++) seen.push(nextChoice(seen[press]!, preferred))
    expect(seen[1]).toBe(preferred === 'dark' ? 'light' : 'dark')
    expect(seen.slice(1).sort()).toEqual(['dark', 'light', 'system'])
  },
)
