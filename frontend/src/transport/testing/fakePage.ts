import type { PageSignals } from '../pageSignals.ts'

type Signal = 'visible' | 'online' | 'offline'

/** A page whose signals a test gives. */
export class FakePage implements PageSignals {
  isOnline = true
  readonly listeners = new Set<(signal: Signal) => void>()

  online(): boolean {
    return this.isOnline
  }

  subscribe(listener: (signal: Signal) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  give(signal: Signal): void {
    if (signal !== 'visible') this.isOnline = signal === 'online'
    for (const listener of this.listeners) listener(signal)
  }
}
