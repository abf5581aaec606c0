import { use } from 'react'

// Asked for as soon as the app runs; it comes in while the page is painted for the first time.
const drawing = import('./drawing.ts')

/** The classes that draw. Suspends until they are there. */
export function useDrawing(): Awaited<typeof drawing> {
  return use(drawing)
}
