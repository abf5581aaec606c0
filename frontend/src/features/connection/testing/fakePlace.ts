import { FakeClock } from '../../../transport/testing/fakeClock.ts'
import type { CheckContext, CheckPlace } from '../checks/check.ts'

/** What a fake server answers to a path, below its base. */
export type Answers = Record<string, () => Response | Promise<Response>>

export const usualAnswer = {
  address: '127.0.0.1',
  host: 'vitals.example',
  protocol: 'HTTP/1.1',
  trustedProxy: false,
  secure: true,
  serverTime: 1000,
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

/** A browser at https://vitals.example/ whose server answers as the test wants. */
export function fakePlace(answers: Answers, more: Partial<CheckPlace> = {}): CheckPlace {
  const base = more.base ?? new URL('https://vitals.example/')
  return {
    base,
    socketUrl: 'wss://vitals.example/ws',
    page: base,
    servedPage: true,
    intervalSeconds: 1,
    clockOffsetMs: () => 0,
    clock: new FakeClock(),
    fetch: (asked) => {
      const path = new URL(asked as URL).href.slice(base.href.length).replace(/\?.*/, '')
      const answer = answers[path]
      return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('no answer'))
    },
    openSocket: () => {
      throw new Error('this test opens no socket')
    },
    hopTo: () => 'h2',
    ...more,
  }
}

export function contextOf(place: CheckPlace, seen: CheckContext['seen'] = {}): CheckContext {
  return { ...place, seen, signal: new AbortController().signal, progress: () => undefined }
}
