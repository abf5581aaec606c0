import type { Column } from '../series/column.ts'
import type { Continuum, Extent, Stint } from '../series/continuum.ts'
import type { RowWalk, Side } from '../series/rowWalk.ts'
import type { ChartOptions } from './chartOptions.ts'
import { GhostLines } from './ghostLines.ts'
import { LineMaker, slotOf, type Grain, type LineSlot } from './lineMaker.ts'
import { fillBands } from './paint.ts'
import type { PaintTarget, RingLineController } from './ringLine.ts'

/** Opacity of the band around a stack. */
const totalAlpha = 0.22

/** All that is drawn in the plot of a chart: its visible lines, the band around a stack, and the lines of some time earlier. */
export class ChartLines {
  /** The controllers of the visible lines, in their order. */
  readonly visible: RingLineController[] = []
  readonly #maker: LineMaker
  readonly #walk: RowWalk
  readonly #ghost = new GhostLines()
  #columns: readonly Column[] = []
  #totals: LineSlot[] = []
  #stacked = false
  #total: Column | undefined
  #lines = 0

  constructor(continuum: Continuum, walk: RowWalk) {
    this.#maker = new LineMaker(continuum)
    this.#walk = walk
  }

  /** The columns of all lines, visible or not, and of what they add up to; the same array until they are others. */
  get columns(): readonly Column[] {
    return this.#columns
  }

  describe({ lines, stacked = false, total }: ChartOptions): void {
    this.#lines = lines.length
    this.#stacked = stacked
    this.#total = stacked ? total : undefined
    this.#totals = this.#total ? [slotOf(this.#total)] : []
    this.#columns = [...lines.map((line) => line.column), ...(this.#total ? [this.#total] : [])]
  }

  /** To be called when `visible` has been filled. */
  followVisible(): void {
    this.#ghost.follow(this.visible, this.#stacked, this.#wholeStack ? this.#total : undefined)
  }

  /** How far all that is drawn reaches; NaN for nothing. */
  reach({ from, to }: Readonly<Stint>, grain: Grain, stacked: boolean, earlier: number): Extent {
    let { low, high } = this.#maker.extent(this.visible, stacked, from, to, grain)
    if (this.#wholeStack) high = most(high, this.#maker.extent(this.#totals, false, from, to, grain).high)
    if (earlier > 0) {
      const ghost = this.#ghost.extent(this.#maker, from, to, grain, earlier)
      high = most(high, ghost.high)
      low = -most(-low, -ghost.low)
    }
    return { low, high }
  }

  changedSince(to: number, grain: Grain): number {
    return this.#maker.changedSince(this.visible, to, grain)
  }

  make(from: number, to: number, grain: Grain, earlier: number): void {
    this.#maker.make(this.visible, this.#stacked, from, to, grain)
    if (this.#wholeStack) this.#maker.makeAside(this.#totals, false, from, to, grain, 0)
    if (earlier > 0) this.#ghost.make(this.#maker, from, to, grain, earlier)
  }

  /** The first row before or after an instant; NaN when there is none in the range. */
  rowBeyond(time: number, side: Side, { from, to }: Readonly<Stint>, { resolution }: Grain): number {
    return this.#walk.beyond(time, side, side > 0 ? to : from, this.#columns, resolution)
  }

  paintGhost(target: PaintTarget): void {
    this.#ghost.paint(target)
  }

  /** Paints the band around the whole of a stack. */
  paintTotal({ context, projection, ratio }: PaintTarget, color: string): void {
    if (!this.#wholeStack) return
    context.globalAlpha = totalAlpha
    context.fillStyle = color
    for (const { trace } of this.#totals) fillBands(context, trace.bands, projection, ratio)
    context.globalAlpha = 1
  }

  /** All that adds up to the total is visible. */
  get #wholeStack(): boolean {
    return this.#totals.length > 0 && this.visible.length === this.#lines
  }
}

/** The larger of two, of which either may be NaN for none. */
function most(one: number, other: number): number {
  return other > one || Number.isNaN(one) ? other : one
}
