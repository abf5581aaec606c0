import type { Column } from '../series/column.ts'
import { slotOf, type Grain, type LineMaker, type LineSlot } from './lineMaker.ts'
import { strokeLine } from './paint.ts'
import type { PaintTarget, RingLineController, RingLineStyle } from './ringLine.ts'

/** How far the ghost stands back behind the lines. */
const alpha = 0.42

interface Ghost extends LineSlot {
  style: RingLineStyle
}

/** The same lines some time earlier, faint and without areas; of a stack only its upper edge. */
export class GhostLines {
  readonly #slots: Ghost[] = []
  readonly #pool: Ghost[] = []
  #stacked = false

  /** Takes over which lines there are; `total` stands for all of a stack. */
  follow(lines: readonly RingLineController[], stacked: boolean, total: Column | undefined): void {
    this.#slots.length = 0
    this.#stacked = stacked && total === undefined
    const top = lines.at(-1)
    if (stacked && total !== undefined && top !== undefined) this.#add(total, top.style)
    else for (const line of lines) this.#add(line.column, line.style)
  }

  /** The highest and lowest value; NaN without any. */
  extent(maker: LineMaker, from: number, to: number, grain: Grain, earlier: number) {
    return maker.extent(this.#slots, this.#stacked, from - earlier, to - earlier, grain)
  }

  make(maker: LineMaker, from: number, to: number, grain: Grain, earlier: number): void {
    maker.makeAside(this.#slots, this.#stacked, from, to, grain, earlier)
  }

  paint({ context, projection, lineWidth }: PaintTarget): void {
    const upward = projection.perUnit
    context.globalAlpha = alpha
    context.lineWidth = lineWidth
    context.lineJoin = 'bevel'
    for (let index = this.#stacked ? this.#slots.length - 1 : 0; index < this.#slots.length; index++) {
      const { trace, style } = this.#slots[index]!
      projection.perUnit = style.below ? -upward : upward
      context.strokeStyle = style.color
      strokeLine(context, trace.line, projection)
    }
    projection.perUnit = upward
    context.globalAlpha = 1
  }

  #add(column: Column, style: RingLineStyle): void {
    const ghost = (this.#pool[this.#slots.length] ??= { ...slotOf(column), style })
    ghost.column = column
    ghost.style = style
    this.#slots.push(ghost)
  }
}
