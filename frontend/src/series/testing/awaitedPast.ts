import type { Past } from '../past.ts'

/** A past of which what is wanted is on its way until it is said to have come. */
export function awaited(past: Past, loading = true) {
  const viewers: (() => void)[] = []
  const state = { loading }
  const tell = () => viewers.forEach((onNews) => onNews())
  return {
    past: {
      ...past,
      viewer: (onNews: () => void = () => undefined) => {
        let wants = false
        viewers.push(onNews)
        return {
          get loading() {
            return wants && state.loading
          },
          want: (_host, _metrics, from, to) => void (wants = from < to),
          end: () => undefined,
        }
      },
    } satisfies Past,
    /** Something came in. */
    tell,
    become: (loads: boolean) => {
      state.loading = loads
      tell()
    },
  }
}
