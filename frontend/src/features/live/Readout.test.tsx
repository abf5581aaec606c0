import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Crosshair } from '../../chart/crosshair.ts'
import { FrameScheduler } from '../../chart/scheduler.ts'
import { ChartTheme } from '../../chart/theme.ts'
import { TimeWindow } from '../../chart/timeWindow.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { noPast } from '../../series/testing/noPast.ts'
import { useSeries } from './columns.ts'
import { TextReadout } from './Readout.tsx'
import { ReadingContext, useNewReading } from './reading.ts'
import { LiveServicesContext, type LiveServices } from './services.ts'
import { hostOf, series } from './testing/fakes.ts'

afterEach(cleanup)

/** Frames that the test asks for. */
function makeServices() {
  let pending: ((nowMs: number) => void) | undefined
  const scheduler = new FrameScheduler({
    requestFrame: (callback) => {
      pending = callback
      return 1
    },
    cancelFrame: () => (pending = undefined),
    now: () => 0,
    pageVisible: () => true,
    onPageVisibility: () => () => undefined,
    reportError: (error) => {
      throw error
    },
  })
  const services: LiveServices = {
    scheduler,
    window: new TimeWindow(60),
    crosshair: new Crosshair(),
    chartTheme: new ChartTheme({ token: () => '#000', reducedMotion: () => true }),
    past: noPast,
    serverSeconds: () => 0,
    serverAddress: 'http://localhost/',
    ownHost: () => undefined,
  }
  const frame = () => {
    act(() => {
      const draw = pending
      pending = undefined
      draw?.(0)
    })
  }
  return { services, frame }
}

function Page({ host, onRender }: { host: HostSeries; onRender?: () => void }) {
  onRender?.()
  const reading = useNewReading(host)
  return (
    <ReadingContext value={reading}>
      <p data-testid="cpu">
        <TextReadout read={(reader) => reader.value('cpu')?.toFixed(1) ?? '–'} />
      </p>
    </ReadingContext>
  )
}

function Names({ host }: { host: HostSeries }) {
  return (
    <p data-testid="names">
      {useSeries(host)
        .map((one) => one.metric)
        .join(' ')}
    </p>
  )
}

describe('a readout', () => {
  it('follows the data once a frame, without the page around it', () => {
    const host = hostOf([series('cpu')], [[10]])
    const { services, frame } = makeServices()
    const onRender = vi.fn()
    render(
      <LiveServicesContext value={services}>
        <Page host={host} onRender={onRender} />
      </LiveServicesContext>,
    )
    expect(screen.getByTestId('cpu').textContent).toBe('10.0')
    onRender.mockClear()
    for (let tick = 1; tick <= 3; tick++) {
      host.applyUpdate(
        { type: 'update', host: 'web-1', seq: 1 + tick, timestamp: 1000 + tick, values: [10 + tick] },
        'epoch',
      )
    }
    expect(screen.getByTestId('cpu').textContent).toBe('10.0')
    frame()
    expect(screen.getByTestId('cpu').textContent).toBe('13.0')
    expect(onRender).not.toHaveBeenCalled()
  })

  it('shows the instant of the crosshair and goes back to now', () => {
    const host = hostOf([series('cpu')], [[10, 20, 30]])
    const { services, frame } = makeServices()
    render(
      <LiveServicesContext value={services}>
        <Page host={host} />
      </LiveServicesContext>,
    )
    services.crosshair.set(1001)
    frame()
    expect(screen.getByTestId('cpu').textContent).toBe('20.0')
    services.crosshair.clear()
    frame()
    expect(screen.getByTestId('cpu').textContent).toBe('30.0')
  })
})

describe('a value of the past that is not there', () => {
  it.each([
    ['is nothing while it may come in', { loading: true, problem: undefined }, 1, ''],
    ['is a dash once nothing more comes', { loading: false, problem: undefined }, 1, '–'],
    ['is a dash while the past cannot be read', { loading: true, problem: 'gone' }, 1, '–'],
    ['is a dash where the page has seen all', { loading: true, problem: undefined }, 1000, '–'],
  ])('%s', (_, state, time, expected) => {
    const host = hostOf([series('load')], [[10]])
    const { services } = makeServices()
    services.past = { ...noPast, state: () => ({ off: false, ...state }) }
    services.crosshair.set(time)
    render(
      <LiveServicesContext value={services}>
        <Page host={host} />
      </LiveServicesContext>,
    )
    expect(screen.getByTestId('cpu').textContent).toBe(expected)
  })
})

describe('the catalogue on the page', () => {
  it('takes in a series that appears later', () => {
    const host = hostOf([series('cpu')], [[10]])
    render(<Names host={host} />)
    act(() =>
      host.applyCatalog({ type: 'catalog', host: 'web-1', series: [series('cpu'), series('disk.read')] }),
    )
    expect(screen.getByTestId('names').textContent).toBe('cpu disk.read')
  })
})
