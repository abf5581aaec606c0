/**
 * The colours and type that canvases use, read once from the page's CSS custom properties and kept: asking the style
 * engine in every frame would cost more than drawing. `refresh` reads them anew after a change of theme.
 */
import { Listeners } from '../series/listeners.ts'

/** Where the tokens come from; tests pass a map. */
export interface ThemeSource {
  /** The value of a CSS custom property such as `--c1`, or '' when it is not defined. */
  token(name: string): string
  reducedMotion(): boolean
  /** How much larger than usual the type of the page is, as on a wall; 1 when absent. */
  scale?(): number
}

/** The type size of a root element that nobody has changed, CSS pixels. */
const usualTypeSize = 16
const fallbackColor = '#808080'
const fallbackFace = 'system-ui, sans-serif'

export class ChartTheme {
  readonly #source: ThemeSource
  readonly #colors = new Map<string, string>()
  readonly #fonts = new Map<string, string>()
  readonly #listeners = new Listeners()
  #reducedMotion: boolean
  #scale: number

  constructor(source: ThemeSource = pageSource(document.documentElement)) {
    this.#source = source
    this.#reducedMotion = source.reducedMotion()
    this.#scale = source.scale?.() ?? 1
  }

  /** The colour of a token such as `--c1`, as the canvas takes it. */
  color(token: string): string {
    const known = this.#colors.get(token)
    if (known !== undefined) return known
    const read = this.#source.token(token).trim()
    const color = read === '' ? fallbackColor : read
    this.#colors.set(token, color)
    return color
  }

  /** How much larger than usual type is; what has to have room for it grows by as much. */
  get scale(): number {
    return this.#scale
  }

  /** The page's type has another size than at the last refresh. */
  get outgrown(): boolean {
    return (this.#source.scale?.() ?? 1) !== this.#scale
  }

  /** A canvas font of that size in CSS pixels, grown by `scale`, of the family in `--face`. */
  font(size: number, weight = 400): string {
    const key = `${weight} ${size}`
    const known = this.#fonts.get(key)
    if (known !== undefined) return known
    const font = `${weight} ${size * this.#scale}px ${this.#source.token('--face').trim() || fallbackFace}`
    this.#fonts.set(key, font)
    return font
  }

  /** The viewer asked for less motion: axes then change at once instead of gliding. */
  get reducedMotion(): boolean {
    return this.#reducedMotion
  }

  refresh(): void {
    this.#colors.clear()
    this.#fonts.clear()
    this.#reducedMotion = this.#source.reducedMotion()
    this.#scale = this.#source.scale?.() ?? 1
    this.#listeners.tell()
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)
}

/**
 * Keeps a theme up to date with the page: refreshes it when `data-theme` on the root element, the preferred colours or
 * the wish for less motion or the size of type change, and once the fonts have loaded. The result ends it.
 */
export function followPage(theme: ChartTheme, root: Element = document.documentElement): () => void {
  const refresh = () => theme.refresh()
  const attributes = new MutationObserver(refresh)
  attributes.observe(root, { attributes: true, attributeFilter: ['data-theme', 'class'] })
  const queries = ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)'].map((query) =>
    matchMedia(query),
  )
  for (const query of queries) query.addEventListener('change', refresh)
  document.fonts.addEventListener('loadingdone', refresh)
  const resized = () => {
    if (theme.outgrown) refresh()
  }
  window.addEventListener('resize', resized)
  return () => {
    attributes.disconnect()
    for (const query of queries) query.removeEventListener('change', refresh)
    document.fonts.removeEventListener('loadingdone', refresh)
    window.removeEventListener('resize', resized)
  }
}

function pageSource(root: Element): ThemeSource {
  const style = getComputedStyle(root)
  return {
    token: (name) => style.getPropertyValue(name),
    reducedMotion: () => matchMedia('(prefers-reduced-motion: reduce)').matches,
    scale: () => parseFloat(style.fontSize) / usualTypeSize || 1,
  }
}
