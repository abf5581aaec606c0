import { beforeEach, describe, expect, it, vi } from 'vitest'
import { TimeWindow } from '../chart/timeWindow.ts'
import { useHiddenLines } from '../features/live/hiddenLines.ts'
import { useOpenTables } from '../features/live/openTables.ts'
import { HostSeries } from '../series/hostSeries.ts'
import { addressOf, isNewPlace, linkOf, onShownChange, sameSearch, showAddress } from './address.ts'
import type { ThemeSwitch } from './theme.ts'

function theme(): ThemeSwitch {
  let lent: 'dark' | 'light' | undefined
  return {
    get lent() {
      return lent
    },
    get forLink() {
      return lent ?? 'dark'
    },
    lend: (asked: 'dark' | 'light' | undefined) => void (lent = asked),
    subscribe: () => () => undefined,
  } as unknown as ThemeSwitch
}

function hostWithRows(): HostSeries {
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  host.applyCatalog({
    type: 'catalog',
    host: 'web-1',
    series: [{ metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }],
  })
  const timestamps = Array.from({ length: 400 }, (_, i) => 10_000 + i)
  host.applySnapshot(
    { type: 'snapshot', host: 'web-1', seq: 1, timestamps, columns: [timestamps.map(() => 1)] },
    'epoch',
  )
  return host
}

beforeEach(() => {
  localStorage.clear()
  useHiddenLines.getState().replace({})
  useOpenTables.getState().replace([])
})

describe('an address and what is shown', () => {
  it('say the same, whichever of them led', () => {
    const search = {
      from: 1000,
      to: 5000,
      hide: 'cpu:steal,cpu:user,network:eth0',
      ghost: '7d',
      theme: 'light',
      table: 'cpu,memory',
    } as const
    const shown = { window: new TimeWindow(), theme: theme() }
    showAddress(search, shown)
    expect(shown.window.view).toEqual({ mode: 'fixed', from: 1000, to: 5000 })
    expect(shown.window.ghost).toBe(604_800)
    expect(addressOf(shown, undefined)).toEqual(search)
    showAddress({ window: '1h' }, shown)
    expect(addressOf(shown, undefined)).toEqual({ window: '1h' })
    expect(shown.window.view).toEqual({ mode: 'live', span: 3600 })
  })

  it('keep what is exact, though an address is rounded', () => {
    const shown = { window: new TimeWindow(), theme: theme() }
    shown.window.show(1000.0004, 5000.0002)
    const { view } = shown.window
    showAddress({ from: 1000, to: 5000 }, shown)
    expect(shown.window.view).toBe(view)
  })

  it('tell of a playback where it stands', () => {
    const host = hostWithRows()
    const shown = { window: new TimeWindow(60), theme: theme() }
    shown.window.range(host)
    shown.window.show(10_000, 10_060)
    shown.window.play(1, 10_080)
    shown.window.pause()
    expect(addressOf(shown, host)).toEqual({ from: 10_020, to: 10_080 })
  })

  it('a link fixes a live window, and carries the theme that was chosen', () => {
    const host = hostWithRows()
    const shown = { window: new TimeWindow(300), theme: theme() }
    expect(linkOf(shown, host)).toEqual({ from: 10_099, to: 10_399, theme: 'dark' })
    expect(addressOf(shown, host)).toEqual({})
  })

  it('one that says nothing shows what this browser remembers; a link does not, and is not remembered', () => {
    useHiddenLines.getState().toggle('cpu', 'steal')
    useHiddenLines.getState().replace({})
    const shown = { window: new TimeWindow(), theme: theme() }
    showAddress({ window: '1h', hide: 'memory:cached' }, shown)
    expect(useHiddenLines.getState().byPanel).toEqual({ memory: ['cached'] })
    showAddress({}, shown)
    expect(useHiddenLines.getState().byPanel).toEqual({ cpu: ['steal'] })
  })

  it('are heard of whatever changes', () => {
    const shown = { window: new TimeWindow(), theme: theme() }
    const heard = vi.fn()
    const stop = onShownChange(shown, heard)
    shown.window.show(1, 2)
    useHiddenLines.getState().toggle('cpu', 'steal')
    useOpenTables.getState().toggle('cpu')
    expect(heard).toHaveBeenCalledTimes(3)
    stop()
    shown.window.live()
    expect(heard).toHaveBeenCalledTimes(3)
  })
})

describe('a place in the history of the browser', () => {
  it('is another time of the past, and the way back to the present', () => {
    expect(isNewPlace({}, { from: 1, to: 2 })).toBe(true)
    expect(isNewPlace({ from: 1, to: 2 }, { window: '1h' })).toBe(true)
    expect(isNewPlace({ from: 1, to: 2 }, { from: 1, to: 2, hide: 'cpu:user' })).toBe(false)
    expect(isNewPlace({ window: '1h' }, { window: '1m' })).toBe(false)
  })

  it('is told by what an address says, in any order', () => {
    expect(sameSearch({ from: 1, to: 2 }, { to: 2, from: 1 })).toBe(true)
    expect(sameSearch({}, { hide: 'cpu:user' })).toBe(false)
  })
})
