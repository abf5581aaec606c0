import { cleanup, render, screen } from '@testing-library/react'
import { Suspense, useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lazyPart, loadParts } from './lazyPart.tsx'

afterEach(cleanup)

function Greeting({ name }: { name: string }) {
  const [first] = useState(name)
  return <p>{`${first}, ${name}`}</p>
}

/** A chunk that comes when it is told to. */
function chunk() {
  let arrive: () => void = () => undefined
  const promise = new Promise<{ default: typeof Greeting }>((resolve) => {
    arrive = () => resolve({ default: Greeting })
  })
  return { load: () => promise, arrive: () => arrive() }
}

describe('a part that is loaded later', () => {
  it('suspends until it is there, and keeps its state when it is rendered again', async () => {
    const { load, arrive } = chunk()
    const Part = lazyPart(load)
    const page = (name: string) => (
      <Suspense fallback="wait">
        <Part name={name} />
      </Suspense>
    )
    const { container, rerender } = render(page('first'))
    expect(container.textContent).toBe('wait')
    arrive()
    expect(await screen.findByText('first, first')).toBeDefined()
    rerender(page('second'))
    expect(screen.getByText('first, second')).toBeDefined()
  })

  it('stands at once when it was loaded ahead', async () => {
    const Part = lazyPart(() => Promise.resolve({ default: Greeting }))
    await Part.preload()
    const fallback = vi.fn(() => null)
    const Fallback = fallback
    render(
      <Suspense fallback={<Fallback />}>
        <Part name="now" />
      </Suspense>,
    )
    expect(screen.getByText('now, now')).toBeDefined()
    expect(fallback).not.toHaveBeenCalled()
  })

  it('is loaded with all others, whichever of them fails', async () => {
    const broken = vi.fn(() => Promise.reject(new Error('no network')))
    const load = vi.fn(() => Promise.resolve({ default: Greeting }))
    lazyPart(broken)
    lazyPart(load)
    await loadParts()
    expect(broken).toHaveBeenCalledOnce()
    expect(load).toHaveBeenCalledOnce()
  })
})
