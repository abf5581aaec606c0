import { formatDuration } from './format.ts'

/** The pictures that can stand behind the picture: how many seconds earlier, and what they are called. */
export const ghosts = [
  { seconds: 0, name: 'off' },
  { seconds: 86_400, name: 'yesterday' },
  { seconds: 604_800, name: 'last week' },
] as const

/** What the picture of so many seconds earlier is called: `yesterday`, `3 h before`. */
export function ghostName(seconds: number): string {
  return ghosts.find((one) => one.seconds === seconds)?.name ?? `${formatDuration(seconds)} before`
}
