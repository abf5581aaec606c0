/** Who wants to know. A listener may subscribe and unsubscribe while it is told; it must not throw. */
export class Listeners {
  readonly #all = new Set<() => void>()

  /** Adds a listener; the result takes it away again. */
  add(listener: () => void): () => void {
    const own = () => listener()
    this.#all.add(own)
    return () => void this.#all.delete(own)
  }

  tell(): void {
    for (const listener of this.#all) listener()
  }
}
