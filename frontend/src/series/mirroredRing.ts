/**
 * The newest `capacity` numbers of an endless row of them. Rows are counted from the first one ever pushed and keep
 * their number, so that all rings of a host can be read by the same row numbers.
 *
 * Each number is stored twice, at i and at i + capacity: whatever the window, its numbers lie side by side and a view
 * of them costs no copy. A view shows the ring as it is: read it before the next push, do not keep it.
 */
export class MirroredRing {
  readonly capacity: number
  #cells = new Float64Array(0)
  #start: number
  #end: number

  /** A ring whose rows [start, end) exist and hold NaN; an empty one by default. */
  constructor(capacity: number, start = 0, end = 0) {
    this.capacity = capacity
    this.#start = Math.max(start, end - capacity)
    this.#end = end
    if (end > this.#start) this.#allocate()
  }

  /** The oldest row that is still held. */
  get start(): number {
    return this.#start
  }

  /** One more than the newest row. */
  get end(): number {
    return this.#end
  }

  push(value: number): void {
    // A host that nobody watches costs nothing.
    if (this.#cells.length === 0) this.#allocate()
    this.#write(this.#end, value)
    this.#end++
    if (this.#end - this.#start > this.capacity) this.#start++
  }

  /** The number of a row; NaN for a row that is not held. */
  at(row: number): number {
    return row >= this.#start && row < this.#end ? this.#cells[row % this.capacity]! : NaN
  }

  /** Forgets the rows from `end` on. */
  truncate(end: number): void {
    this.#end = Math.max(this.#start, Math.min(this.#end, end))
  }

  /** The rows [start, end) that are held, as one contiguous view. */
  view(start: number, end: number): Float64Array {
    const first = Math.max(start, this.#start)
    const length = Math.max(0, Math.min(end, this.#end) - first)
    const offset = first % this.capacity
    return this.#cells.subarray(offset, offset + length)
  }

  /** The same rows, as many of the newest as fit, in a ring of another capacity. */
  resized(capacity: number): MirroredRing {
    const ring = new MirroredRing(capacity, this.#start, this.#end)
    for (let row = ring.start; row < ring.end; row++) ring.#write(row, this.at(row))
    return ring
  }

  #allocate(): void {
    this.#cells = new Float64Array(2 * this.capacity).fill(NaN)
  }

  #write(row: number, value: number): void {
    const i = row % this.capacity
    this.#cells[i] = value
    this.#cells[i + this.capacity] = value
  }
}
