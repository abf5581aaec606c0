import { Listeners } from '../series/listeners.ts'

/**
 * The one instant that all charts of the page point at. Pinned (a click, a tap) it stays when the pointer leaves;
 * `clear` of a pointer does not remove a pin, `unpin` does.
 */
export class Crosshair {
  readonly #listeners = new Listeners()
  #time: number | undefined
  #pinned = false

  /** Unix seconds of a sample, or undefined: charts then show their newest values. */
  get time(): number | undefined {
    return this.#time
  }

  get pinned(): boolean {
    return this.#pinned
  }

  set(time: number): void {
    if (Number.isNaN(time) || time === this.#time) return
    this.#time = time
    this.#listeners.tell()
  }

  clear(): void {
    if (this.#pinned || this.#time === undefined) return
    this.#time = undefined
    this.#listeners.tell()
  }

  pin(time: number): void {
    if (Number.isNaN(time)) return
    this.#time = time
    this.#pinned = true
    this.#listeners.tell()
  }

  /** Removes the pin and the line. */
  unpin(): void {
    if (!this.#pinned && this.#time === undefined) return
    this.#pinned = false
    this.#time = undefined
    this.#listeners.tell()
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)
}
