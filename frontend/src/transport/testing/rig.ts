import { SeriesStore } from '../../series/seriesStore.ts'
import { Session, type SessionOptions } from '../session.ts'
import { FakeClock } from './fakeClock.ts'
import { FakePage } from './fakePage.ts'
import { FakeServer } from './fakeServer.ts'

/** A session with everything around it under the control of a test. */
export class Rig {
  readonly clock = new FakeClock()
  readonly page = new FakePage()
  readonly server = new FakeServer(this.clock)
  readonly store = new SeriesStore()
  readonly session = this.newSession()

  newSession(options: Partial<SessionOptions> = {}): Session {
    return new Session({
      url: 'ws://test/ws',
      store: this.store,
      clock: this.clock,
      page: this.page,
      socketFactory: this.server.factory,
      random: () => 0.1,
      ...options,
    })
  }

  /** Seconds of ticks, with time passing as it does. */
  ticks(count: number): void {
    for (let i = 0; i < count; i++) {
      this.clock.advance(1000)
      this.server.tick()
    }
  }

  /** The values that the store holds: the numbers of the rows. */
  held(): number[] {
    const host = this.store.hosts.get('web-1')
    const column = host?.column('cpu')
    return host === undefined || column === undefined ? [] : [...host.values(column, host.range)]
  }
}

/** 1, 2, 3, ... : what held() gives when no row is missing and none is twice. */
export function oneTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1)
}
