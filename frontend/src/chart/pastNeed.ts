import type { Column } from '../series/column.ts'
import { resolutionOf, type Continuum, type Stint } from '../series/continuum.ts'
import type { Past, PastViewer } from '../series/past.ts'

/** A picture moves on between what was asked for and what is told of it: so much of it may be new. */
const askedShare = 0.02
const none: readonly string[] = []

/** What one drawing needs of the recorded past: it asks for it, and hears of what comes in. */
export class PastNeed {
  readonly #continuum: Continuum
  readonly #past: Past
  readonly #shown: PastViewer
  readonly #earlier: PastViewer
  readonly #missing: Stint = { from: Number.NaN, to: Number.NaN }
  readonly #asked: Stint = { from: Number.NaN, to: Number.NaN }
  #metrics: readonly string[] = []
  #columns: readonly Column[] = []

  /** `onNews` is called when something came in that this drawing may show, and when nothing of it is awaited any more. */
  constructor(continuum: Continuum, past: Past, onNews: () => void) {
    this.#continuum = continuum
    this.#past = past
    this.#shown = past.viewer(onNews)
    this.#earlier = past.viewer(onNews)
  }

  /** Something is asked for and not there yet. */
  get loading(): boolean {
    return this.#shown.loading || this.#earlier.loading
  }

  /** The rings do not tell of all that is shown. */
  get beyondRings(): boolean {
    return !Number.isNaN(this.#missing.from)
  }

  /** What there is to know of a range has come in: nothing of it has to be asked for, or all of it was. */
  knows({ from, to }: Readonly<Stint>, columns: readonly Column[]): boolean {
    const { from: begin, to: end } = this.#continuum.missing({ from, to }, columns, { from, to })
    if (!(begin < end) || this.#past.state(this.#host).off) return true
    const slack = (to - from) * askedShare
    return begin >= this.#asked.from - slack && end <= this.#asked.to + slack && !this.loading
  }

  /** Asks for what the rings lack of a range, and for the same range so many seconds earlier. Cheap when nothing changed. */
  want(columns: readonly Column[], range: Readonly<Stint>, earlier: number): void {
    if (columns !== this.#columns) {
      this.#columns = columns
      this.#metrics = columns.map((column) => column.series.metric)
    }
    const { from, to } = this.#continuum.missing(range, columns, this.#missing)
    const resolution = resolutionOf(range.from, range.to)
    this.#shown.want(this.#host, this.#metrics, from, to, resolution)
    const back = earlier > 0 ? earlier : Number.NaN
    this.#earlier.want(
      this.#host,
      earlier > 0 ? this.#metrics : none,
      range.from - back,
      range.to - back,
      resolution,
    )
    this.#asked.from = range.from
    this.#asked.to = range.to
  }

  end(): void {
    this.#shown.end()
    this.#earlier.end()
  }

  get #host(): string {
    return this.#continuum.host.host.name
  }
}
