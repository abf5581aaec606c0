import { expect, test } from 'vitest'
import { TimeWindow } from '../chart/timeWindow.ts'
import { HostSeries } from '../series/hostSeries.ts'
import { noPast } from '../series/testing/noPast.ts'
import type { ConnectionStatus } from '../transport/session.ts'
import { makeExports } from './exports.ts'

const base = new URL('http://vitals.test/')

function metricsAsked(metrics: readonly string[]): string | null | undefined {
  const past = { ...noPast, state: () => ({ loading: false, off: false, problem: undefined }) }
  const session = { status: {} as ConnectionStatus }
  const { source } = makeExports(base, base, session, past, new TimeWindow())
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  return source?.samplesUrl(host, { metrics, from: 0, to: 1 })?.searchParams.get('metrics')
}

test('series are asked for by name, and by family where they are too many to be named', () => {
  const cores = Array.from({ length: 128 }, (_, core) => `cpu.core{core=${core}}`)
  expect(metricsAsked(cores.slice(0, 2))).toBe('cpu.core{core=0},cpu.core{core=1}')
  expect(metricsAsked([...cores, 'cpu'])).toBe('cpu.core{*,cpu')
  const families = Array.from({ length: 65 }, (_, index) => `family${index}`)
  expect(metricsAsked(families)).toBeNull()
})
