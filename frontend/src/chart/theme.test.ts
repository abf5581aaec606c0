import { expect, test } from 'vitest'
import { ChartTheme } from './theme.ts'

test('asks for each colour once until it is refreshed, and tells of the refresh', () => {
  let page: Record<string, string> = { '--c1': ' #111111 ', '--face': 'Inter' }
  let asked = 0
  const theme = new ChartTheme({
    token: (name) => {
      asked++
      return page[name] ?? ''
    },
    reducedMotion: () => page['--motion'] === 'less',
  })
  expect([theme.color('--c1'), theme.color('--c1')]).toEqual(['#111111', '#111111'])
  expect(asked).toBe(1)
  expect(theme.font(11)).toBe('400 11px Inter')

  page = { '--c1': '#eeeeee', '--motion': 'less' }
  expect(theme.color('--c1')).toBe('#111111')
  let told = 0
  theme.subscribe(() => told++)
  theme.refresh()
  expect(told).toBe(1)
  expect(theme.color('--c1')).toBe('#eeeeee')
  expect(theme.reducedMotion).toBe(true)
  expect(theme.font(11)).toContain('sans-serif')
})

test('a colour that the page does not define is visible all the same', () => {
  const theme = new ChartTheme({ token: () => '', reducedMotion: () => false })
  expect(theme.color('--c9')).toMatch(/^#[0-9a-f]{6}$/)
})

test('type grows with the type of the page', () => {
  let scale = 1
  const theme = new ChartTheme({ token: () => 'Inter', reducedMotion: () => false, scale: () => scale })
  expect(theme.font(10)).toBe('400 10px Inter')
  scale = 1.5
  expect(theme.outgrown).toBe(true)
  theme.refresh()
  expect(theme.outgrown).toBe(false)
  expect(theme.font(10)).toBe('400 15px Inter')
})
