import type { Verdict } from './checks/check.ts'
import type { GapNote } from './journal.ts'

/** `4 Hz`, `every 5 s`: how often the server measures. */
export function paceWords(intervalSeconds: number): string {
  if (intervalSeconds <= 1) return `${Number((1 / intervalSeconds).toFixed(1))} Hz`
  return `every ${Number(intervalSeconds.toFixed(1))} s`
}

export const verdictWord: Record<Verdict, string> = {
  pass: 'pass',
  warn: 'warning',
  fail: 'failed',
  skip: 'left out',
}

/** `Chromium 140 on Linux`, as far as the browser tells; it never tells all. */
export function browserWords(agent: string): string {
  const known = [
    [/Edg\/(\d+)/, 'Edge'],
    [/Firefox\/(\d+)/, 'Firefox'],
    [/Chrome\/(\d+)/, 'Chromium'],
    [/Version\/(\d+).*Safari/, 'Safari'],
  ] as const
  const [name, version] = known
    .map(([pattern, word]) => [word, pattern.exec(agent)?.[1]] as const)
    .find(([, found]) => found !== undefined) ?? ['a browser', '']
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0] ?? ''
  return [name, version, system && `on ${system === 'Mac OS X' ? 'macOS' : system}`].filter(Boolean).join(' ')
}

/** `12 updates of web-1`, `updates of web-1 that nobody counted`. */
export function gapWords({ host, dropped }: GapNote): string {
  if (dropped === undefined) return `updates of ${host}, nobody knows how many`
  return dropped === 1 ? `1 update of ${host}` : `${dropped} updates of ${host}`
}
