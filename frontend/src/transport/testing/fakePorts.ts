import type { Port, TabMessage, TabPort, WorkerMessage, WorkerPort } from '../sharedMessages.ts'
import type { FakeClock } from './fakeClock.ts'

/** One end of a channel between a tab and a worker: what is posted arrives a millisecond later, in order. */
class FakePort<Sent, Received> implements Port<Sent, Received> {
  readonly #clock: FakeClock
  readonly #deliver: (message: Sent) => void
  #listener: ((message: Received) => void) | undefined
  #open = true
  #queue: Received[] = []
  #frozen = false

  constructor(clock: FakeClock, deliver: (message: Sent) => void) {
    this.#clock = clock
    this.#deliver = deliver
  }

  post(message: Sent): void {
    if (this.#open) this.#clock.after(1, () => this.#deliver(message))
  }

  listen(listener: (message: Received) => void): void {
    this.#listener = listener
  }

  close(): void {
    this.#open = false
  }

  get waiting(): number {
    return this.#queue.length
  }

  arrive(message: Received): void {
    if (this.#frozen) this.#queue.push(message)
    else if (this.#open) this.#listener?.(message)
  }

  /** What comes waits until the owner wakes up. */
  freeze(): void {
    this.#frozen = true
  }

  thaw(): void {
    this.#frozen = false
    for (const message of this.#queue.splice(0)) this.arrive(message)
  }
}

/** Both ends of a channel between a tab and the worker of its browser. */
export function fakeChannel(clock: FakeClock): {
  tab: TabPort & Pick<FakePort<TabMessage, WorkerMessage>, 'freeze' | 'thaw' | 'waiting'>
  worker: WorkerPort
} {
  const tab = new FakePort<TabMessage, WorkerMessage>(clock, (message) => worker.arrive(message))
  const worker = new FakePort<WorkerMessage, TabMessage>(clock, (message) => tab.arrive(message))
  return { tab, worker }
}
