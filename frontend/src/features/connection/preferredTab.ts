const storageKey = 'vitals.proxy'

/** The proxy whose lines were looked at last: somebody has one of them, not all. */
export function preferredTab(): string | undefined {
  try {
    return localStorage.getItem(storageKey) ?? undefined
  } catch {
    return undefined
  }
}

export function preferTab(id: string): void {
  try {
    localStorage.setItem(storageKey, id)
  } catch {
    // Storage is blocked: the first tab it is, next time.
  }
}
