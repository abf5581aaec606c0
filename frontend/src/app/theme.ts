/** The choice of the viewer: dark, light, or what the system prefers. public/theme.js reads the same key before the first paint. */
export type ThemeChoice = 'dark' | 'light' | 'system'

const storageKey = 'vitals.theme'
const lightQuery = '(prefers-color-scheme: light)'
const choices: readonly ThemeChoice[] = ['dark', 'light', 'system']
/** The colour of the browser's own bars: the background of the page. */
const barColor = { dark: '#0b0e13', light: '#fbfcfe' } as const

/** Keeps `data-theme` of the page in step with the choice and with the system. One for the whole app, as long as it runs. */
export class ThemeSwitch {
  readonly #listeners = new Set<() => void>()
  readonly #light = matchMedia(lightQuery)
  #choice: ThemeChoice = recall()

  constructor() {
    this.#light.addEventListener('change', () => this.#show())
    this.#show()
  }

  get choice(): ThemeChoice {
    return this.#choice
  }

  /** Goes on: away from what the system prefers, then to the same by choice, then back to following the system. */
  next(): void {
    this.#choice = nextChoice(this.#choice, this.#light.matches ? 'light' : 'dark')
    remember(this.#choice)
    this.#show()
    for (const listener of this.#listeners) listener()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #show(): void {
    const shown = this.#choice === 'system' ? (this.#light.matches ? 'light' : 'dark') : this.#choice
    const root = document.documentElement
    if (root.dataset['theme'] !== shown) root.dataset['theme'] = shown
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', barColor[shown])
  }
}

/** From following the system the first step is one that can be seen, whatever the system prefers. */
export function nextChoice(choice: ThemeChoice, preferred: 'dark' | 'light'): ThemeChoice {
  if (choice === 'system') return preferred === 'dark' ? 'light' : 'dark'
  return choice === preferred ? 'system' : preferred
}

function recall(): ThemeChoice {
  try {
    const stored = localStorage.getItem(storageKey)
    return choices.find((choice) => choice === stored) ?? 'system'
  } catch {
    return 'system'
  }
}

function remember(choice: ThemeChoice): void {
  try {
    localStorage.setItem(storageKey, choice)
  } catch {
    // Storage is blocked: the choice holds for this page.
  }
}
