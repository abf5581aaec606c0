import { act, cleanup, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { TimeWindow } from '../chart/timeWindow.ts'
import { HostSeries } from '../series/hostSeries.ts'
import { ServicesContext, type Services } from './services.ts'
import { usePageKeys } from './usePageKeys.ts'

afterEach(cleanup)

/** The page of a host of which it holds ten minutes, and shows the one but last. */
function makePage(keptSeconds: number) {
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  host.applyCatalog({
    type: 'catalog',
    host: 'web-1',
    series: [{ metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }],
  })
  const timestamps = Array.from({ length: 601 }, (_, second) => 1000 + second)
  const columns = [timestamps.map(() => 1)]
  host.applySnapshot({ type: 'snapshot', host: 'web-1', seq: 1, timestamps, columns }, 'epoch')
  const window = new TimeWindow(60)
  window.range(host)
  window.show(1480, 1540)
  const services = { live: { window, serverSeconds: () => 1600 } } as unknown as Services
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ServicesContext value={services}>{children}</ServicesContext>
  )
  const ignore = () => undefined
  const keys = {
    names: [],
    onHost: ignore,
    onHelp: ignore,
    onConnection: ignore,
    onRange: ignore,
    onLink: ignore,
  }
  renderHook(() => usePageKeys({ ...keys, host, keptSeconds }), { wrapper })
  return window
}

function press(key: string): void {
  act(() => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  })
}

describe('the keys of the past', () => {
  it.each([
    ['<', { mode: 'fixed', from: 1420, to: 1480 }],
    ['>', { mode: 'live', span: 60 }],
    [',', { mode: 'playing', span: 60, speed: 1 }],
    [' ', { mode: 'playing', span: 60, speed: 1 }],
  ])('%j moves through a history', (key, view) => {
    const window = makePage(86_400)
    press(key)
    expect(window.view).toEqual(view)
  })

  it.each(['<', '>', ',', '.', '(', ')', ' ', 'g'])('%j does nothing where no history is kept', (key) => {
    const window = makePage(0)
    press(key)
    expect(window.view).toEqual({ mode: 'fixed', from: 1480, to: 1540 })
    expect(window.ghost).toBe(0)
  })

  it('leave the way back to the present, and the pause there', () => {
    const window = makePage(0)
    press('l')
    press(' ')
    expect([window.mode, window.paused]).toEqual(['live', true])
  })
})
