const storageKey = 'vitals.push-hint'

/** Whether the viewer has waved the hint away in this browser. */
export function hintDismissed(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'no'
  } catch {
    return false
  }
}

export function dismissHint(): void {
  try {
    localStorage.setItem(storageKey, 'no')
  } catch {
    // Storage is blocked: it is gone for this page.
  }
}
