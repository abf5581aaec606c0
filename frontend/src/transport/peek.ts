/** What one who hands frames on must know of one; the tabs that get it check it whole. */
export interface Peeked {
  readonly data: string
  /** Whose rows or catalogue it brings; undefined where it concerns everybody. */
  readonly host: string | undefined
  /** The position of its last row; undefined where it brings none. */
  readonly lastSeq: number | undefined
  /** Only of a hello. */
  readonly hello: { epoch: string; own: string | undefined } | undefined
}

/** Looks into the text of a frame. What is not as it should be is left for the reader of the frame to refuse. */
export function peek(data: string): Peeked {
  const frame = parse(data)
  return {
    data,
    host: typeof frame['host'] === 'string' ? frame['host'] : undefined,
    lastSeq: lastSeqOf(frame),
    hello:
      frame['type'] === 'hello' ? { epoch: String(frame['epoch']), own: ownOf(frame['hosts']) } : undefined,
  }
}

type Fields = Record<string, unknown>

function parse(data: string): Fields {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? (value as Fields) : {}
  } catch {
    return {}
  }
}

function lastSeqOf({ type, seq, seqs, timestamps }: Fields): number | undefined {
  if (typeof seq !== 'number' || (type !== 'update' && type !== 'snapshot')) return undefined
  if (type === 'update') return seq
  const last: unknown = Array.isArray(seqs) ? seqs.at(-1) : undefined
  if (typeof last === 'number') return last
  return Array.isArray(timestamps) ? seq + timestamps.length - 1 : undefined
}

function ownOf(hosts: unknown): string | undefined {
  const first: unknown = Array.isArray(hosts) ? hosts[0] : undefined
  const name = typeof first === 'object' && first !== null && 'name' in first ? first.name : undefined
  return typeof name === 'string' ? name : undefined
}
