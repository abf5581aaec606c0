/** A 2D context that writes down what is done to it, and a canvas around it; for tests without a browser. */

export interface Call {
  name: string
  args: unknown[]
  strokeStyle: unknown
  fillStyle: unknown
  globalAlpha: number
  lineWidth: number
}

const methods = [
  'arc',
  'beginPath',
  'clearRect',
  'clip',
  'closePath',
  'drawImage',
  'fill',
  'fillRect',
  'fillText',
  'lineTo',
  'moveTo',
  'putImageData',
  'rect',
  'resetTransform',
  'restore',
  'save',
  'setLineDash',
  'setTransform',
  'stroke',
]

export class RecordingContext {
  readonly calls: Call[] = []
  strokeStyle: unknown = ''
  fillStyle: unknown = ''
  globalAlpha = 1
  lineWidth = 1
  canvas: FakeCanvas | undefined

  constructor() {
    for (const name of methods) {
      Object.assign(this, { [name]: (...args: unknown[]) => this.#record(name, args) })
    }
  }

  /** What was called, such as `moveTo 0 10`, only these methods, numbers rounded to hundredths. */
  log(...names: string[]): string[] {
    return this.calls
      .filter(({ name }) => names.includes(name))
      .map(({ name, args }) => [name, ...args.map(rounded)].join(' '))
  }

  count(name: string): number {
    return this.calls.filter((call) => call.name === name).length
  }

  clear(): void {
    this.calls.length = 0
  }

  measureText(text: string): { width: number } {
    return { width: 6 * text.length }
  }

  createImageData(width: number, height: number): Pick<ImageData, 'data' | 'width' | 'height'> {
    return { width, height, data: new Uint8ClampedArray(width * height * 4) }
  }

  /** The same object for whoever wants a real context. */
  get asContext(): CanvasRenderingContext2D {
    return this as unknown as CanvasRenderingContext2D
  }

  #record(name: string, args: unknown[]): void {
    const { strokeStyle, fillStyle, globalAlpha, lineWidth } = this
    this.calls.push({ name, args, strokeStyle, fillStyle, globalAlpha, lineWidth })
  }
}

function rounded(value: unknown): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : typeof value
}

/** As much of a canvas element as charts need. */
export class FakeCanvas extends EventTarget {
  width = 300
  height = 150
  clientWidth: number
  tabIndex = -1
  readonly attributes: Record<string, string> = {}
  readonly style: Record<string, string> = {}
  readonly context = new RecordingContext()
  readonly made: FakeCanvas[] = []
  readonly boxes: FakeBox[] = []
  readonly offsetLeft = 0
  readonly offsetTop = 0
  readonly parentElement = null
  readonly ownerDocument = {
    createElement: (kind: string) => {
      if (kind !== 'canvas') {
        const box = new FakeBox()
        if (kind === 'div') this.boxes.push(box)
        return box
      }
      const canvas = new FakeCanvas(0)
      this.made.push(canvas)
      return canvas
    },
  }

  constructor(clientWidth = 400) {
    super()
    this.clientWidth = clientWidth
    this.context.canvas = this
  }

  getContext(): RecordingContext {
    return this.context
  }

  setPointerCapture(): void {
    // All events come here anyway.
  }

  getAttribute(name: string): string | null {
    return this.attributes[name] ?? null
  }

  setAttribute(name: string, value: string): void {
    this.attributes[name] = value
  }

  after(): void {
    // Neither does where the canvas stands.
  }

  remove(): void {
    // Nor that it goes.
  }

  get asCanvas(): HTMLCanvasElement {
    return this as unknown as HTMLCanvasElement
  }
}

/** As much of an element as lies over a canvas. */
export class FakeBox {
  readonly style: Record<string, string> = {}
  textContent = ''
  removed = false
  firstElementChild: FakeBox | undefined

  get label(): string | undefined {
    return this.firstElementChild?.textContent
  }

  setAttribute(): void {
    // Attributes do not matter here.
  }

  append(child: FakeBox): void {
    this.firstElementChild = child
  }

  remove(): void {
    this.removed = true
  }
}
