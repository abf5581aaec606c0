import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { FrameScheduler } from '../../chart/scheduler.ts'
import { ChartTheme } from '../../chart/theme.ts'
import { TimeWindow } from '../../chart/timeWindow.ts'
import { HostSeries } from '../../series/hostSeries.ts'
import { noPast } from '../../series/testing/noPast.ts'
import { HistoryFacts } from './historyFacts.ts'
import { LivePill } from './LivePill.tsx'
import { HistoryServicesContext } from './services.ts'
import { TimeNotes } from './TimeNotes.tsx'

afterEach(cleanup)

const noon = Date.UTC(2026, 10, 22, 12) / 1000
const noAnswer = () => new Promise<never>(() => undefined)

/** The head of the page of a host of which five minutes of the past are shown, half an hour before now. */
function renderHead(gone: boolean) {
  const window = new TimeWindow()
  window.adopt({ mode: 'fixed', from: noon - 300, to: noon })
  const host = new HostSeries({ name: 'attic', hostname: 'attic' }, 1)
  const services = {
    window,
    scheduler: new FrameScheduler(),
    chartTheme: new ChartTheme({ token: () => '#000', reducedMotion: () => true }),
    past: noPast,
    foresee: () => undefined,
    retryPast: () => undefined,
    facts: new HistoryFacts({ status: noAnswer, hosts: noAnswer }),
    serverSeconds: () => noon + 1800,
    serverAddress: 'http://localhost/',
  }
  render(
    <HistoryServicesContext value={services}>
      <LivePill host={host} gone={gone} tone="quiet" />
      <TimeNotes host={host} goneSince={gone ? noon + 0.9 : undefined} />
    </HistoryServicesContext>,
  )
  return window
}

describe('the way back from the past', () => {
  it('leads to the present, and says how far that is', () => {
    const window = renderHead(false)
    const back = screen.getByTitle('Back to Live (l)')
    expect(back.textContent).toContain('Live, 30 min behind')
    back.click()
    expect(window.mode).toBe('live')
  })

  it('of a host that is gone leads to its end: it has no present', () => {
    renderHead(true)
    expect(screen.queryByText(/Live|behind/)).toBeNull()
    expect(screen.getByTitle(/end of what is recorded/).textContent).toMatch(/^End/)
    expect(screen.getByText(/^gone since \d\d:\d0:00$/)).toBeTruthy()
  })
})
