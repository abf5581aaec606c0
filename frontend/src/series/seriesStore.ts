import type { ServerFrame } from '../wire/frames.ts'
import type { Catalog, Hello, Position } from '../wire/types.gen.ts'
import { HostSeries } from './hostSeries.ts'
import { Listeners } from './listeners.ts'

/** How many hosts keep their past at once. One of 60 series at 1 Hz takes 3.5 MB. */
const hostsWithRows = 16

/**
 * The hosts that a server told of, and the rolling past of those that are watched. The one place where frames become
 * data: apply() takes what decodeFrame() let through. Memory is bounded: when more than `hostsWithRows` hosts hold a
 * past, the one whose catalogue came longest ago forgets its own.
 */
export class SeriesStore {
  readonly #hosts = new Map<string, HostSeries>()
  #own: string | undefined
  #epoch = ''
  readonly #watched: HostSeries[] = []
  readonly #listeners = new Listeners()

  /** By name, in the order of the server. */
  get hosts(): ReadonlyMap<string, HostSeries> {
    return this.#hosts
  }

  /** The name of the server's own host; undefined before the hello. */
  get own(): string | undefined {
    return this.#own
  }

  /** The position of the newest row of a host: what a resume sends. */
  position(host: string): Position | undefined {
    return this.#hosts.get(host)?.position
  }

  /** Tells of a change of `hosts` or `own`. The result ends it. */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Takes in one frame. Rows of hosts that the hello did not name are ignored. */
  apply(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello':
        this.#applyHello(frame)
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
        return
    }
  }

  #applyHello(hello: Hello): void {
    this.#epoch = hello.epoch
    this.#own = hello.hosts[0]?.name
    const named = new Set(hello.hosts.map((host) => host.name))
    for (const [name, host] of this.#hosts) {
      if (!named.has(name) && host.position === undefined) this.#hosts.delete(name)
    }
    for (const host of hello.hosts) {
      const known = this.#hosts.get(host.name)
      if (known === undefined) this.#hosts.set(host.name, new HostSeries(host, hello.interval))
      else known.host = host
    }
    for (const host of this.#hosts.values()) host.setInterval(hello.interval)
    this.#listeners.tell()
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
