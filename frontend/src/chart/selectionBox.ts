import type { ChartTheme } from './theme.ts'

/** What a drag has selected of a chart: a veil that lies over the canvas, with words in it. Made when it is first shown. */
export class SelectionBox {
  readonly #under: HTMLCanvasElement
  readonly #theme: ChartTheme
  #box: HTMLElement | undefined

  constructor(under: HTMLCanvasElement, theme: ChartTheme) {
    this.#under = under
    this.#theme = theme
  }

  /** CSS pixels within the canvas. */
  show(left: number, right: number, top: number, bottom: number, words: string): void {
    const box = (this.#box ??= this.#make())
    const accent = this.#theme.color('--accent')
    Object.assign(box.style, {
      display: 'flex',
      left: `${this.#under.offsetLeft + left}px`,
      top: `${this.#under.offsetTop + top}px`,
      width: `${right - left}px`,
      height: `${bottom - top}px`,
      background: `color-mix(in srgb, ${accent} 16%, transparent)`,
      boxShadow: `inset 1px 0 ${accent}, inset -1px 0 ${accent}`,
    })
    const label = box.firstElementChild as HTMLElement
    Object.assign(label.style, { background: this.#theme.color('--bg'), color: this.#theme.color('--text') })
    label.textContent = words
  }

  hide(): void {
    if (this.#box !== undefined) this.#box.style.display = 'none'
  }

  destroy(): void {
    this.#box?.remove()
    this.#box = undefined
  }

  #make(): HTMLElement {
    const document = this.#under.ownerDocument
    const box = document.createElement('div')
    box.setAttribute('aria-hidden', 'true')
    Object.assign(box.style, {
      position: 'absolute',
      pointerEvents: 'none',
      alignItems: 'flex-start',
      justifyContent: 'center',
    })
    const label = document.createElement('span')
    Object.assign(label.style, {
      marginTop: '4px',
      padding: '1px 6px',
      borderRadius: '5px',
      fontSize: '0.75rem',
      whiteSpace: 'nowrap',
    })
    box.append(label)
    const parent = this.#under.parentElement
    if (parent !== null && getComputedStyle(parent).position === 'static') parent.style.position = 'relative'
    this.#under.after(box)
    return box
  }
}
