import { expect, it, vi } from 'vitest'
import { HistoryError } from '../wire/history.ts'
import { HistoryKept } from './past.ts'

const answer = { host: 'web-1', from: 0, to: 1, step: 1, series: [] }
const question = ['web-1', ['cpu'], 0, 1, 1, new AbortController().signal] as const

it('asks once whether there is history, then for the past', async () => {
  const ask = vi.fn(() => Promise.resolve({}))
  const load = vi.fn(() => Promise.resolve(answer))
  const kept = new HistoryKept(ask)
  const gated = kept.before(load)
  expect(await Promise.all([gated(...question), gated(...question)])).toEqual([answer, answer])
  expect(ask).toHaveBeenCalledTimes(1)
  expect(load).toHaveBeenCalledTimes(2)
  expect(load).toHaveBeenCalledWith(...question)
  kept.renew()
  expect(ask).toHaveBeenCalledTimes(2)
  await gated(...question)
  expect(ask).toHaveBeenCalledTimes(2)
  load.mockClear()
  void gated(...question)
  expect(load, 'where it is known the past is asked for at once').toHaveBeenCalledTimes(1)
})

it('does not ask for the past where none is kept, and asks again after a failure', async () => {
  const off = new HistoryError('off', 'none')
  const ask = vi.fn<() => Promise<unknown>>(() => Promise.reject(off))
  const load = vi.fn(() => Promise.resolve(answer))
  const gated = new HistoryKept(ask).before(load)
  await expect(gated(...question)).rejects.toBe(off)
  expect(load).not.toHaveBeenCalled()
  ask.mockImplementation(() => Promise.resolve({}))
  expect(await gated(...question)).toBe(answer)
})
