const bucketMs = 1_000
const buckets = 10

/** Bytes a second over the last ten seconds, in ten buckets. */
export class Throughput {
  readonly #bytes = new Float64Array(buckets)
  #newest = NaN // number of the bucket that is filling
  #oldest = NaN // number of the first bucket since the start

  add(bytes: number, nowMs: number): void {
    this.#roll(nowMs)
    const bucket = this.#newest % buckets
    this.#bytes[bucket] = (this.#bytes[bucket] ?? 0) + bytes
  }

  bytesPerSecond(nowMs: number): number {
    this.#roll(nowMs)
    const filled = Math.min(buckets, this.#newest - this.#oldest + 1)
    const sum = this.#bytes.reduce((total, bytes) => total + bytes, 0)
    return sum / ((filled * bucketMs) / 1000)
  }

  /** Empties the buckets that time has passed over. */
  #roll(nowMs: number): void {
    const now = Math.floor(nowMs / bucketMs)
    if (Number.isNaN(this.#newest)) this.#oldest = this.#newest = now
    const passed = Math.min(buckets, now - this.#newest)
    for (let i = 0; i < passed; i++) this.#bytes[(now - i) % buckets] = 0
    this.#newest = Math.max(this.#newest, now)
  }
}
