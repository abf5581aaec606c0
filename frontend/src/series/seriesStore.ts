import type { ServerFrame } from '../wire/frames.ts'
import type { Catalog, Hello, Host, HostState, Position } from '../wire/types.gen.ts'
import { HostSeries } from './hostSeries.ts'
import { Listeners } from './listeners.ts'

/** How many hosts keep their past at once. One of 60 series at 1 Hz takes 3.5 MB. */
const hostsWithRows = 16

/**
 * Whether a host sends. live: as it should. silent: it has not for a while. gone: it left, and is only kept because its
 * past is.
 */
export type Presence = HostState['state']

/** A host that the server told of; a new object whenever something of it changes. */
export interface KnownHost {
  readonly host: Host
  readonly presence: Presence
  /** Unix seconds, by the server's clock, since when the presence holds; undefined while nobody said. */
  readonly since: number | undefined
  readonly series: HostSeries
}

/**
 * The hosts that a server told of, and the rolling past of those that are watched. The one place where frames become
 * data: apply() takes what decodeFrame() let through. Memory is bounded: when more than `hostsWithRows` hosts hold a
 * past, the one whose catalogue came longest ago forgets its own.
 */
export class SeriesStore {
  readonly #hosts = new Map<string, HostSeries>()
  #known: readonly KnownHost[] = []
  #own: string | undefined
  #epoch = ''
  #interval = 1
  readonly #watched: HostSeries[] = []
  readonly #listeners = new Listeners()

  /** By name, in the order of the server. */
  get hosts(): ReadonlyMap<string, HostSeries> {
    return this.#hosts
  }

  /** The same hosts and how they are, in the same order; a new array with each change (subscribe). */
  get known(): readonly KnownHost[] {
    return this.#known
  }

  /** The name of the server's own host; undefined before the hello. */
  get own(): string | undefined {
    return this.#own
  }

  /** The position of the newest row of a host: what a resume sends. */
  position(host: string): Position | undefined {
    return this.#hosts.get(host)?.position
  }

  /** Tells of a change of `hosts`, `known` or `own`. The result ends it. */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Takes in one frame. Rows of hosts that the server did not name are ignored. */
  apply(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello':
        this.#applyHello(frame)
        return
      case 'host':
        this.#applyHost(frame)
        return
      case 'catalog':
        this.#applyCatalog(frame)
        return
      case 'snapshot':
        this.#hosts.get(frame.host)?.applySnapshot(frame, this.#epoch)
        return
      case 'update':
        this.#hosts.get(frame.host)?.applyUpdate(frame, this.#epoch)
        return
      case 'gap': // the hole shows itself by the times of the rows around it
      case 'error':
      case 'pong':
      case 'published':
        return
    }
  }

  #applyHello(hello: Hello): void {
    this.#epoch = hello.epoch
    this.#interval = hello.interval
    this.#own = hello.hosts[0]?.name
    const named = new Set(hello.hosts.map((host) => host.name))
    const left = this.#known.filter(({ host }) => !named.has(host.name) && this.#keepsPast(host.name))
    const told = hello.hosts.map((host) => this.#entry(host, host.silentSince, hello.interval))
    for (const host of this.#hosts.values()) host.setInterval(hello.interval)
    this.#setKnown([...told, ...left.map((entry) => gone(entry, hello.server.time))])
  }

  /** A host that left is kept for its past; one that has none is forgotten. */
  #applyHost({ host, state, since }: HostState): void {
    const series = this.#hosts.get(host.name) ?? new HostSeries(host, this.#interval)
    series.host = host
    // Should it come back, its rows may be counted anew.
    if (state === 'gone') series.forgetPosition()
    const entry = { host, presence: state, since, series }
    const place = this.#known.findIndex((known) => known.host.name === host.name)
    const known = place < 0 ? [...this.#known, entry] : this.#known.with(place, entry)
    this.#setKnown(known.filter((one) => one.presence !== 'gone' || this.#keepsPast(one.host.name)))
  }

  #entry(host: Host, silentSince: number | undefined, intervalSeconds: number): KnownHost {
    const series = this.#hosts.get(host.name) ?? new HostSeries(host, intervalSeconds)
    series.host = host
    return { host, presence: silentSince === undefined ? 'live' : 'silent', since: silentSince, series }
  }

  #setKnown(known: readonly KnownHost[]): void {
    this.#known = known
    this.#hosts.clear()
    for (const { host, series } of known) this.#hosts.set(host.name, series)
    this.#listeners.tell()
  }

  #keepsPast(name: string): boolean {
    return !Number.isNaN(this.#hosts.get(name)?.newestTime ?? NaN)
  }

  #applyCatalog(catalog: Catalog): void {
    const host = this.#hosts.get(catalog.host)
    if (host === undefined) return
    this.#keep(host)
    host.applyCatalog(catalog)
  }

  /** Moves a host to the end of the queue of those with a past, and lets the first of too many forget. */
  #keep(host: HostSeries): void {
    const place = this.#watched.indexOf(host)
    if (place >= 0) this.#watched.splice(place, 1)
    this.#watched.push(host)
    if (this.#watched.length > hostsWithRows) this.#watched.shift()?.clear()
  }
}

function gone(entry: KnownHost, since: number): KnownHost {
  if (entry.presence === 'gone') return entry
  entry.series.forgetPosition()
  return { ...entry, presence: 'gone', since }
}
