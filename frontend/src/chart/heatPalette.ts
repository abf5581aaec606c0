import type { ChartTheme } from './theme.ts'

/** Colours from idle to full, as 256 pixels of an ImageData (bytes in the order of memory: red, green, blue, alpha). */
export function heatPalette(theme: ChartTheme): Uint32Array {
  const stops = heatStops.map(({ at, token }) => ({ at, color: parseColor(theme.color(token)) }))
  const bytes = new Uint8ClampedArray(256 * 4)
  for (let index = 0; index < 256; index++) {
    const at = index / 255
    const upper = Math.max(
      1,
      stops.findIndex((stop) => stop.at >= at),
    )
    const [before, after] = [stops[upper - 1]!, stops[upper]!]
    const share = (at - before.at) / (after.at - before.at)
    for (let part = 0; part < 3; part++) {
      bytes[index * 4 + part] = before.color[part]! + (after.color[part]! - before.color[part]!) * share
    }
    bytes[index * 4 + 3] = 255
  }
  return new Uint32Array(bytes.buffer)
}

/** The scale of the heat strip, 0 idle to 1 full; a legend can be made of the same stops. */
export const heatStops = [
  { at: 0, token: '--heat0' },
  { at: 0.55, token: '--c1' },
  { at: 0.8, token: '--c3' },
  { at: 1, token: '--c5' },
] as const

/** Red, green and blue of `#rgb`, `#rrggbb` or `rgb(...)`; grey for what is neither. */
export function parseColor(color: string): [number, number, number] {
  const hex = /^#([0-9a-f]{6})$/i.exec(color.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3'))?.[1]
  if (hex !== undefined) {
    const number = parseInt(hex, 16)
    return [number >> 16, (number >> 8) & 255, number & 255]
  }
  const parts = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)/.exec(color)
  if (parts !== null) return [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  return [128, 128, 128]
}
