import { act, cleanup, render, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Crosshair } from '../../chart/crosshair.ts'
import { FrameScheduler } from '../../chart/scheduler.ts'
import { ChartTheme } from '../../chart/theme.ts'
import { TimeWindow } from '../../chart/timeWindow.ts'
import { HostSeries } from '../../series/hostSeries.ts'
import { noPast } from '../../series/testing/noPast.ts'
import { useSeries } from './columns.ts'
import { Facts } from './Facts.tsx'
import { MomentLabel } from './MomentReadout.tsx'
import { FigureReadout, TextReadout } from './Readout.tsx'
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

/** What stands in a page that reads a host. */
function Reading({ host, children }: { host: HostSeries; children: ReactNode }) {
  return <ReadingContext value={useNewReading(host)}>{children}</ReadingContext>
}

function renderRead(host: HostSeries, children: ReactNode, { services } = makeServices()) {
  return render(
    <LiveServicesContext value={services}>
      <Reading host={host}>{children}</Reading>
    </LiveServicesContext>,
  ).container
}

describe('rates side by side', () => {
  it('have what they are of close before each, in one place of fixed width', () => {
    const host = hostOf([series('disk.read', 'bytes/s'), series('disk.write', 'bytes/s')], [[1800], [11_800]])
    const of = [
      { metric: 'disk.read', mark: 'read' },
      { metric: 'disk.write', mark: 'write' },
    ]
    const page = renderRead(host, <FigureReadout figures={[{ kind: 'rates', of }]} />)
    const places = [...page.querySelectorAll('[aria-hidden] + span')].map((place) => place.textContent)
    expect(places).toEqual(['read 1.8', 'write 11.8', 'kB/s'])
  })
})

describe('the instant that is read', () => {
  it.each([
    [1, /^at .*:10 $/],
    [0.5, /^at .*:10\.5 $/],
  ])('is told as finely as the samples of %d s are', (interval, told) => {
    const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, interval)
    const made = makeServices()
    made.services.crosshair.set(10.5)
    expect(renderRead(host, <MomentLabel />, made).textContent).toMatch(told)
  })
})

describe('the facts of a machine', () => {
  it.each([
    ['of which more is known', { bootTime: 940 }, 'up 00:01:00'],
    ['that only gets pushed values', {}, 'nothing else is known of this machine'],
  ])('%s', (_, more, told) => {
    const host = hostOf([series('cpu')], [[10]], 1000, more)
    expect(renderRead(host, <Facts host={host.host} notes={undefined} />).textContent).toContain(told)
    expect(screen.queryByText(/–/)).toBeNull()
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
