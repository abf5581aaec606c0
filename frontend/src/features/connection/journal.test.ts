import { describe, expect, it } from 'vitest'
import type { ServerFrame } from '../../wire/frames.ts'
import { Journal } from './journal.ts'

function journalAt(start: number) {
  const applied: ServerFrame[] = []
  const clock = { now: start }
  const journal = new Journal(
    { apply: (frame) => void applied.push(frame), position: () => undefined, own: 'web-1' },
    { wallMs: () => clock.now, monotonicMs: () => clock.now },
  )
  return { journal, applied, clock }
}

const hello: ServerFrame = {
  type: 'hello',
  protocol: 1,
  server: { version: 'v0.2.0', time: 100 },
  epoch: 'first',
  interval: 1,
  backfill: 300,
  limits: { messageBytes: 1, hosts: 1, globs: 1 },
  hosts: [{ name: 'web-1', hostname: 'web-1' }],
}
const update = (seq: number, timestamp: number): ServerFrame => ({
  type: 'update',
  host: 'web-1',
  seq,
  timestamp,
  values: [1],
})

describe('the journal', () => {
  it('hands every frame on', () => {
    const { journal, applied } = journalAt(100_000)
    journal.apply(hello)
    journal.apply(update(1, 100))
    expect(applied).toHaveLength(2)
  })

  it('notes how old updates were when they arrived, by the clock of the server', () => {
    const { journal, clock } = journalAt(100_000)
    let measured: (() => void) | undefined
    const session = {
      status: { clockOffsetMs: 500, roundTripMs: 2, bytesPerSecond: 10 },
      subscribe: (listener: () => void) => (measured = listener),
    }
    journal.follow(session as never)
    measured?.()
    journal.apply(hello)
    clock.now = 101_012
    journal.apply(update(1, 101))
    expect(journal.arrivals).toEqual([{ atMs: 101_012, delayMs: 512, afterGap: false }])
    expect(journal.pings).toEqual([{ roundTripMs: 2, bytesPerSecond: 10, clockOffsetMs: 500 }])
    expect(journal.newestTime).toBe(101)
  })

  it('counts neither what waited for a greeting nor what somebody pushed', () => {
    const { journal, clock } = journalAt(100_000)
    journal.apply(hello)
    journal.apply(update(1, 50))
    clock.now = 105_000
    journal.apply({ ...update(2, 40), columns: [0] } as ServerFrame)
    expect(journal.arrivals).toEqual([])
  })

  it('notes gaps with their time, and marks the update after them', () => {
    const { journal, clock } = journalAt(100_000)
    journal.apply(hello)
    clock.now = 105_000
    journal.apply({ type: 'gap', host: 'web-1', dropped: 12, recovered: false })
    journal.apply(update(14, 105))
    expect(journal.gaps).toEqual([{ atMs: 105_000, host: 'web-1', dropped: 12 }])
    expect(journal.arrivals.at(-1)?.afterGap).toBe(true)
  })

  it('counts how often the connection came back, and keeps no more than two minutes', () => {
    const { journal, clock } = journalAt(100_000)
    journal.apply(hello)
    journal.apply(hello)
    expect(journal.reconnects).toBe(1)
    for (let seq = 1; seq <= 500; seq++) {
      clock.now += 1000
      journal.apply(update(seq, clock.now / 1000))
    }
    expect(journal.arrivals).toHaveLength(120)
  })
})
