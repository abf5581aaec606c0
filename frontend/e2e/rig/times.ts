/** From one time of day to the next other: `23:59:58` to `00:00:03` is 5. */
export function secondsBetween(from: string, to: string): number {
  const seconds = (time: string) => Date.parse(`1970-01-01T${time}Z`) / 1000
  return (seconds(to) - seconds(from) + 86_400) % 86_400
}
