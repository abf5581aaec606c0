export { useLasting } from '../../ui/useLasting.ts'

/** A short cut heals by itself and is not worth a word. */
export const patienceMs = 5000
