import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** One event as the plain stream sends it. */
interface Event {
  metric: string
  value: number
  timestamp: number
}

export type Tick = ReadonlyMap<string, number>

/** A client that is not ours: writes down every triple of the plain stream, by its time. */
export class StreamRecord {
  readonly #ticks = new Map<number, Map<string, number>>()
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#write(JSON.parse(data.toString()) as Event))
    socket.on('error', () => undefined)
  }

  /** Listens to the server of the app at that address. */
  static async of(appUrl: string, query = ''): Promise<StreamRecord> {
    const address = new URL(`ws${query}`, appUrl)
    address.protocol = 'ws:'
    const socket = new WebSocket(address)
    const record = new StreamRecord(socket)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return record
  }

  /** The times of the ticks whose events are all there: each but the newest. */
  get times(): number[] {
    return [...this.#ticks.keys()].sort((a, b) => a - b).slice(0, -1)
  }

  /** What was measured at that time. */
  at(time: number): Tick {
    return this.#ticks.get(time) ?? new Map()
  }

  /**
   * What a viewer knows at that time of a series that comes every so many ticks: its last value, unless a value is
   * overdue by half.
   */
  known(metric: string, time: number, every = 1): number | undefined {
    const until = this.times.filter((one) => one <= time)
    for (const one of until.slice(-Math.ceil(every * 1.5)).reverse()) {
      const value = this.at(one).get(metric)
      if (value !== undefined) return value
    }
    return undefined
  }

  /** The names of the series that had a value in the ticks before that time. */
  lately(time: number, ticks: number): Set<string> {
    const until = this.times.filter((one) => one <= time).slice(-ticks)
    return new Set(until.flatMap((one) => [...this.at(one).keys()]))
  }

  /** Resolves when so many more ticks have come. */
  async more(ticks: number): Promise<void> {
    const enough = this.#ticks.size + ticks
    while (this.#ticks.size < enough) {
      if (this.#socket.readyState !== WebSocket.OPEN) throw new Error('the stream ended')
      await sleep(20)
    }
  }

  stop(): void {
    this.#socket.terminate()
  }

  #write({ metric, value, timestamp }: Event): void {
    const tick = this.#ticks.get(timestamp) ?? new Map<string, number>()
    this.#ticks.set(timestamp, tick.set(metric, value))
  }
}
