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
  #lent: 'dark' | 'light' | undefined

  constructor() {
    this.#light.addEventListener('change', () => this.#show())
    this.#show()
  }

  get choice(): ThemeChoice {
    return this.#choice
  }

  /** What a link asks for, as long as the viewer does not choose. */
  get lent(): 'dark' | 'light' | undefined {
    return this.#lent
  }

  /** What a link has to say so that somebody else sees the same; undefined while the page follows the system. */
  get forLink(): 'dark' | 'light' | undefined {
    return this.#lent ?? (this.#choice === 'system' ? undefined : this.#choice)
  }

  /** Shows what a link asks for; the choice of this browser stays remembered. */
  lend(theme: 'dark' | 'light' | undefined): void {
    if (theme === this.#lent) return
    this.#lent = theme
    this.#tell()
  }

  /** Goes on: away from what the system prefers, then to the same by choice, then back to following the system. */
  next(): void {
    const shown = this.#lent
    this.#lent = undefined
    this.#choice = shown ? opposite(shown) : nextChoice(this.#choice, this.#light.matches ? 'light' : 'dark')
    remember(this.#choice)
    this.#tell()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #tell(): void {
    this.#show()
    for (const listener of this.#listeners) listener()
  }

  #show(): void {
    const chosen = this.#choice === 'system' ? (this.#light.matches ? 'light' : 'dark') : this.#choice
    const shown = this.#lent ?? chosen
    const root = document.documentElement
    if (root.dataset['theme'] !== shown) root.dataset['theme'] = shown
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', barColor[shown])
  }
}

/** From following the system the first step is one that can be seen, whatever the system prefers. */
export function nextChoice(choice: ThemeChoice, preferred: 'dark' | 'light'): ThemeChoice {
  if (choice === 'system') return opposite(preferred)
  return choice === preferred ? 'system' : preferred
}

function opposite(theme: 'dark' | 'light'): 'dark' | 'light' {
  return theme === 'dark' ? 'light' : 'dark'
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
