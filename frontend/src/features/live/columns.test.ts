import { act, renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import { useOnlyPushed } from './columns.ts'
import { hostOf, series } from './testing/fakes.ts'

it('a host that is only pushed to awaits no vital signs, until it has some', () => {
  const pushed = { ...series('room.temp', 'celsius'), custom: true }
  const host = hostOf([pushed], [[21.3]])
  const { result } = renderHook(() => useOnlyPushed(host))
  expect(result.current).toBe(true)
  act(() => host.applyCatalog({ type: 'catalog', host: 'web-1', series: [pushed, series('cpu')] }))
  expect(result.current).toBe(false)
  expect(renderHook(() => useOnlyPushed(hostOf([], []))).result.current).toBe(false)
})
