import type { Position, Subscribe } from '../wire/types.gen.ts'
import type { Peeked } from './peek.ts'
import type { WorkerPort } from './sharedMessages.ts'

/** One tab of those that share a stream: what it wants, and how far it has been told. */
export class Follower {
  readonly port: WorkerPort
  /** Questions whether it is there that it has not answered. */
  unanswered = 0
  #hosts: readonly string[] = []
  #positions = new Map<string, Position>()
  /** The stream was opened for what it wants. */
  #included = false
  /** And has begun: what comes now follows on what it has. */
  #greeted = false

  constructor(port: WorkerPort, wish: Subscribe) {
    this.port = port
    this.want(wish)
  }

  get wantsOwn(): boolean {
    return this.#hosts.length === 0
  }

  /** The hosts that it wants; none while it wants the server's own and that is not known. */
  hosts(own: string | undefined): readonly string[] {
    if (!this.wantsOwn) return this.#hosts
    return own === undefined ? [] : [own]
  }

  /** The position of the last row of a host that it has. */
  position(host: string): Position | undefined {
    return this.#positions.get(host)
  }

  /** It wants this from now on. It is told nothing until the stream has begun anew. */
  want({ hosts = [], since = {} }: Subscribe): void {
    this.#hosts = hosts
    this.#positions = new Map(Object.entries(since))
    this.#included = this.#greeted = false
  }

  /** The stream is opened for what it wants. */
  include(): void {
    this.#included = true
  }

  ask(): void {
    this.unanswered++
    this.port.post({ type: 'there' })
  }

  answer(): void {
    this.unanswered = 0
  }

  /** Hands on a frame that concerns it, unless it brings only rows that it has. */
  take({ data, host, lastSeq, hello }: Peeked, epoch: string, own: string | undefined): void {
    if (hello !== undefined) this.#greeted ||= this.#included
    if (!this.#greeted) return
    if (host !== undefined) {
      if (!this.hosts(own).includes(host)) return
      if (lastSeq !== undefined && !this.#advance(host, epoch, lastSeq)) return
    }
    this.port.post({ type: 'frame', data })
  }

  /** Notes how far it is told of a host; false when it has been told before. */
  #advance(host: string, epoch: string, seq: number): boolean {
    const known = this.#positions.get(host)
    if (known?.epoch === epoch && seq <= known.seq) return false
    this.#positions.set(host, { epoch, seq })
    return true
  }
}
