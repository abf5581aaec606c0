import { describe, expect, test } from 'vitest'
import type { ChartOptions } from './chartOptions.ts'
import { hostWith } from './testing/fakes.ts'
import { ValueFit } from './valueFit.ts'

const host = hostWith(['user'], [[1]])
const usual: ChartOptions = { lines: [], unit: '', height: 100, label: '' }
const line = { column: host.column('user')!, label: 'user', color: '--user' }

/** The ends of the axis, all motion left out, for lines that reach from low to high and stacked to `stack`. */
function fitted(values: ValueFit, options: Partial<ChartOptions>, [low, high, stack = high]: number[]) {
  const reach = (stacked: boolean) => ({ low: low!, high: stacked ? stack! : high! })
  const { min, max } = values.fit({ ...usual, ...options }, host, reach, 0, true)
  return [min, max]
}

describe('ValueFit', () => {
  test('an axis stands on zero and reaches over its values, which add up where they are stacked', () => {
    expect(fitted(new ValueFit(''), {}, [20, 45, 85])).toEqual([0, 50])
    expect(fitted(new ValueFit(''), { stacked: true }, [20, 45, 85])).toEqual([0, 100])
  })

  test('firm ends, what a host has, and lines drawn downward are heeded', () => {
    expect(fitted(new ValueFit(''), { max: 100 }, [0, 7])).toEqual([0, 100])
    expect(fitted(new ValueFit(''), { ceiling: () => 64 }, [0, 7])).toEqual([0, 64])
    expect(fitted(new ValueFit(''), { lines: [{ ...line, below: true }] }, [0, 45])).toEqual([-50, 50])
  })

  test('an axis floats always, or only for values below zero', () => {
    const [from] = fitted(new ValueFit(''), { floating: 'always' }, [1000, 1010])
    expect(from).toBeGreaterThan(900)
    expect(fitted(new ValueFit(''), { floating: 'below-zero' }, [10, 45])).toEqual([0, 50])
    const [below, above] = fitted(new ValueFit(''), { floating: 'below-zero' }, [-40, -10])
    expect(below).toBeLessThanOrEqual(-40)
    expect(above).toBeGreaterThanOrEqual(0)
  })

  test.each<Partial<ChartOptions>>([{}, { floating: 'always' }])(
    'an axis glides after a reset, and jumps to the values of another time',
    (options) => {
      const values = new ValueFit('')
      const fit = (high: number, nowMs: number) =>
        values.fit({ ...usual, ...options }, host, () => ({ low: high - 1, high }), nowMs, false)
      fit(45, 0)
      values.reset()
      fit(4500, 1000)
      expect(values.gliding(1000)).toBe(true)
      values.jump()
      const { max, targetMax } = fit(450_000, 1016)
      expect([max, values.gliding(1016)]).toEqual([targetMax, false])
    },
  )

  test('after a reset, and with another unit, lower values are closed in on at once', () => {
    const values = new ValueFit('')
    expect(fitted(values, {}, [0, 85])).toEqual([0, 100])
    expect(fitted(values, {}, [0, 4])).toEqual([0, 100])
    values.reset()
    expect(fitted(values, {}, [0, 4])).toEqual([0, 5])
    expect(fitted(values, {}, [0, 85])).toEqual([0, 100])
    values.setUnit('')
    expect(fitted(values, {}, [0, 4])).toEqual([0, 100])
    values.setUnit('percent')
    expect(fitted(values, {}, [0, 4])[1]).toBeLessThan(100)
  })
})
