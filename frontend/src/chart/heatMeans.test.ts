import { expect, test } from 'vitest'
import { Continuum } from '../series/continuum.ts'
import { noPast } from '../series/testing/noPast.ts'
import { HeatMeans } from './heatMeans.ts'
import { hostWith } from './testing/fakes.ts'

test('recorded buckets count for the cells that they lie over, by how much of them they take', () => {
  const host = hostWith(['core'], [])
  const mean = Float64Array.of(10, 40, NaN)
  const stretches = () => [{ times: Float64Array.of(100, 115, 130), min: mean, mean, max: mean, step: 15 }]
  const means = new HeatMeans(new Continuum(host, { ...noPast, stretches }))
  means.make(host.columns, 9, 13, 10, { from: 90, to: 140 })
  expect([9, 10, 11, 12, 13, 14].map((bucket) => means.mean(0, bucket))).toEqual([NaN, 10, 25, 40, NaN, NaN])
})
