import type { Past } from '../past.ts'

/** For tests that do not look at the past: there is none. */
export const noPast: Past = {
  viewer: () => ({ loading: false, want: () => undefined, end: () => undefined }),
  stretches: () => [],
  state: () => ({ loading: false, off: true, problem: undefined }),
  subscribe: () => () => undefined,
}
