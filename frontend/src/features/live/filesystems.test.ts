import { describe, expect, it } from 'vitest'
import { readFilesystem } from './filesystems.ts'
import { readerOf } from './testing/fakes.ts'

const model = {
  mount: '/',
  used: 'filesystem.used{mount=/}',
  total: 'filesystem.total{mount=/}',
  percent: 'filesystem{mount=/}',
}
const GiB = 1024 ** 3
const at = (percent: number) =>
  readFilesystem(
    model,
    readerOf({ [model.percent]: percent, [model.used]: percent * GiB, [model.total]: 100 * GiB }),
  )

describe('the state of a file system', () => {
  it.each([
    [0, 'normal'],
    [79.9, 'normal'],
    [80, 'warning'],
    [89.9, 'warning'],
    [90, 'critical'],
    [100, 'critical'],
  ])('at %d %% is %s', (percent, state) => {
    expect(at(percent).state).toBe(state)
  })

  it('is told with the amount, the unit once when it is the same', () => {
    expect(at(41.3).text).toBe('41.3 of 100 GiB')
    const small = readerOf({ [model.used]: 512 * 1024 ** 2, [model.total]: 4 * GiB })
    expect(readFilesystem(model, small).text).toBe('512 MiB of 4.0 GiB')
  })

  it('is worked out from the amounts when there is no percentage', () => {
    const reading = readFilesystem({ mount: '/', used: 'u', total: 't' }, readerOf({ u: 95, t: 100 }))
    expect(reading.percent).toBe(95)
    expect(reading.state).toBe('critical')
  })

  it('is silent, with its age, when it no longer answers', () => {
    const reader = readerOf(
      {},
      { time: 1042, lastTime: (metric) => (metric === model.percent ? 1000 : undefined) },
    )
    expect(readFilesystem(model, reader)).toEqual({
      state: 'silent',
      percent: undefined,
      text: 'silent for 42 s',
    })
  })

  it('is silent without an age when it never answered', () => {
    expect(readFilesystem(model, readerOf({}))).toEqual({ state: 'silent', percent: undefined, text: '–' })
  })
})
