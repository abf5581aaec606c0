import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConnectionStatus } from '../../transport/connectionStatus.ts'
import type { Session } from '../../transport/session.ts'
import { ConnectionToasts } from './ConnectionToasts.tsx'
import { ConnectServicesContext } from './services.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const live: ConnectionStatus = {
  state: 'live',
  since: 0,
  attempt: 0,
  transport: 'websocket',
  transportSince: 0,
  bytesPerSecond: 0,
  dropped: 0,
  appChanged: false,
}

/** A session whose state the test sets. */
function renderToasts() {
  const listeners = new Set<() => void>()
  const session = {
    status: live,
    retryNow: vi.fn(),
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const reload = vi.fn()
  const services = {
    session: session as unknown as Session,
    serverAddress: 'http://localhost/',
    servedPage: true,
    useServer: () => undefined,
    reload,
  }
  render(
    <ConnectServicesContext value={services}>
      <ConnectionToasts host={undefined} />
    </ConnectServicesContext>,
  )
  const enter = (change: Partial<ConnectionStatus>) => {
    act(() => {
      session.status = { ...session.status, ...change }
      for (const listener of listeners) listener()
    })
  }
  return { session, reload, enter }
}

const wait = (ms: number) => {
  act(() => void vi.advanceTimersByTime(ms))
}

describe('the toast of a lost connection', () => {
  it('comes after five seconds, and goes with the connection', () => {
    const { session, enter } = renderToasts()
    enter({ state: 'reconnecting', closeCode: 1006 })
    wait(4900)
    expect(screen.queryByText('No connection to the server')).toBeNull()
    wait(200)
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }))
    expect(session.retryNow).toHaveBeenCalledOnce()
    enter({ state: 'live' })
    expect(screen.queryByText('No connection to the server')).toBeNull()
  })

  it('does not come for a short cut, nor for several', () => {
    const { enter } = renderToasts()
    for (let cut = 0; cut < 3; cut++) {
      enter({ state: 'reconnecting' })
      wait(3000)
      enter({ state: 'live' })
      wait(1000)
    }
    expect(screen.queryByText('No connection to the server')).toBeNull()
  })
})

describe('the offer of a newer app', () => {
  it('reloads, or can be put off', () => {
    const { reload, enter } = renderToasts()
    enter({ appChanged: true })
    fireEvent.click(screen.getByRole('button', { name: 'Reload' }))
    expect(reload).toHaveBeenCalledOnce()
    fireEvent.click(screen.getByRole('button', { name: 'Later' }))
    expect(screen.queryByRole('button', { name: 'Reload' })).toBeNull()
  })
})
