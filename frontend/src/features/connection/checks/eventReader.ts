/** One event of an event stream. */
export interface StreamEvent {
  /** `message` when the stream gave none. */
  name: string
  data: string
}

/** No event of ours comes near it; a page of a proxy in the place of the stream must not fill the memory. */
const maxPending = 1 << 20

/**
 * Reads an event stream as it comes in. The browser's own EventSource would hide what matters here: when each piece
 * arrived, and what the headers were.
 */
export class EventReader {
  readonly #decoder = new TextDecoder()
  #pending = ''
  #name = ''
  #data: string[] = []

  /** The events that this piece completes. */
  read(piece: Uint8Array): StreamEvent[] {
    const text = this.#pending + this.#decoder.decode(piece, { stream: true })
    // What ends a line may itself come in two pieces.
    const held = text.endsWith('\r') ? '\r' : ''
    const lines = text.slice(0, text.length - held.length).split(/\r\n|\n|\r/)
    this.#pending = (lines.pop() ?? '') + held
    if (this.#pending.length > maxPending) throw new Error('a line of more than a megabyte came')
    return lines.flatMap((line) => this.#line(line))
  }

  #line(line: string): StreamEvent[] {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.#name = value
    if (field === 'data') this.#data.push(value)
    return []
  }

  #dispatch(): StreamEvent[] {
    const [name, data] = [this.#name || 'message', this.#data]
    this.#name = ''
    this.#data = []
    return data.length === 0 ? [] : [{ name, data: data.join('\n') }]
  }
}
