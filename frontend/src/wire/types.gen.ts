/** The first frame of every session. */
export interface Hello {
  type: 'hello'
  /** the protocol version, 1 */
  protocol: number
  server: Server
  /** positions are only valid within one epoch; a restarted server has a new one */
  epoch: string
  /** seconds between two ticks */
  interval: number
  /** seconds of past that a snapshot reaches back at most */
  backfill: number
  limits: Limits
  /** the first is the server's own */
  hosts: Host[]
}

/** Who is speaking. */
export interface Server {
  /** such as v0.1.0 */
  version: string
  /** the server's clock when the frame was made, unix seconds */
  time: number
  /** a fingerprint of the app that the server serves; changes when the app does */
  app?: string
}

/** What the server accepts from a client. */
export interface Limits {
  /** the largest client frame */
  messageBytes: number
  /** hosts in one subscribe */
  hosts: number
  /** metric globs in one subscribe */
  globs: number
}

/** What is known of a machine and does not change while it runs. */
export interface Host {
  /** the topic of its stream; unique within a hub */
  name: string
  /** what the machine calls itself */
  hostname: string
  /** IP addresses of its real interfaces, loopback left out */
  addresses?: string[]
  os?: string
  kernel?: string
  architecture?: string
  virtualization?: string
  cpuModel?: string
  /** logical processors */
  cpuCount?: number
  memoryBytes?: number
  /** unix seconds */
  bootTime?: number
}

/** What a value of a series counts: percent, bytes, bytes/s, 1/s, celsius, seconds, count, boolean, or '' for a plain number. */
export type Unit = string

/** How a value behaves over time: gauge or counter. */
export type Kind = string

/** One series of a host: what a reader must know before the first value. */
export interface Series {
  /** the whole name, such as cpu.core{core=0} */
  metric: string
  /** the name before the braces */
  family: string
  /** the labels between the braces */
  labels?: Record<string, string>
  unit: Unit
  kind: Kind
  help?: string
  /** a value comes every so many ticks; absent means each tick */
  every?: number
}

/** The series of a host in the order of the columns of its snapshots and updates. */
export interface Catalog {
  type: 'catalog'
  host: string
  series: Series[]
}

/** A run of past updates of a host as columns: row i has position seq + i. */
export interface Snapshot {
  type: 'snapshot'
  host: string
  /** position of the first row */
  seq: number
  /** unix seconds, one a row */
  timestamps: number[]
  /** one a series, in catalogue order, each with one value a row */
  columns: (number | null)[][]
}

/** One tick of a host: a value for each series in catalogue order, null where a series has none this tick. */
export interface Update {
  type: 'update'
  host: string
  seq: number
  /** unix seconds */
  timestamp: number
  values: (number | null)[]
}

/** Updates of a host are missing before the next frame. */
export interface Gap {
  type: 'gap'
  host: string
  /** the first missing position, if it is known */
  from?: number
  /** the last missing position, if it is known */
  to?: number
  /** how many updates are missing, if it is known */
  dropped?: number
  /** always false in this version: the missing updates do not follow */
  recovered: boolean
}

/** What the client did wrong. The session goes on unless a close follows. */
export interface ErrorFrame {
  type: 'error'
  /** for programs: bad_request, unknown_host, too_many */
  code: string
  /** for people: what is wrong and what is allowed */
  message: string
  /** the field at fault */
  field?: string
}

/** The answer to a ping. */
export interface Pong {
  type: 'pong'
  /** the id of the ping */
  id: number
  /** the server's clock, unix seconds */
  time: number
}

/** Where an update stands in the stream of its host. */
export interface Position {
  epoch: string
  seq: number
}

/** Asks for the stream of hosts. It replaces an earlier subscription to the same host. */
export interface Subscribe {
  type: 'subscribe'
  /** host names; none means the server's own host */
  hosts?: string[]
  /** globs on series names, such as cpu or network.*; none means all */
  metrics?: string[]
  /** seconds of past to send first; absent means all there is, 0 none */
  backfill?: number
  /** per host the last position that the client has */
  since?: Record<string, Position>
}

/** Ends the stream of hosts. */
export interface Unsubscribe {
  type: 'unsubscribe'
  /** none means all */
  hosts?: string[]
}

/** Asks for a pong. */
export interface Ping {
  type: 'ping'
  id: number
}
