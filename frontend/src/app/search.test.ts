import { describe, expect, it } from 'vitest'
import {
  connectionSearch,
  hiddenInList,
  listOfHidden,
  listOfTables,
  pastSearch,
  searchOf,
  tablesInList,
  windowSearch,
} from './search.ts'

describe('what an address says', () => {
  it.each<[Record<string, unknown>, unknown]>([
    [{ window: '15m' }, { window: '15m' }],
    [{ window: '5m' }, {}],
    [{ window: '60m' }, { window: '1h' }],
    [{ window: 'x' }, {}],
    [
      { from: 1000, to: 2000 },
      { from: 1000, to: 2000 },
    ],
    [
      { from: '1000', to: '2000.5' },
      { from: 1000, to: 2000.5 },
    ],
    [
      { from: 1000, to: 2000, window: '1m' },
      { from: 1000, to: 2000 },
    ],
    [{ from: 2000, to: 1000 }, {}],
    [{ from: 1000 }, {}],
    [{ from: -5, to: 5 }, {}],
    [{ from: 0, to: 1e300 }, {}],
    [{ from: {}, to: [] }, {}],
    [
      { ghost: '1d', theme: 'dark' },
      { ghost: '1d', theme: 'dark' },
    ],
    [{ ghost: '2d', theme: 'pink' }, {}],
    [
      { hide: 'cpu:steal', table: 'cpu' },
      { hide: 'cpu:steal', table: 'cpu' },
    ],
    [{ hide: '', table: {} }, {}],
    [{ table: 5, other: 1 }, { table: '5' }],
  ])('%j means %j', (given, meant) => {
    expect(searchOf(given)).toEqual(meant)
  })

  it('goes along to the Connection page, and nothing else does', () => {
    expect(connectionSearch({ window: '1h', hide: 'cpu:user' }, 'web-1')).toEqual({
      window: '1h',
      hide: 'cpu:user',
      host: 'web-1',
    })
  })

  it('names a stretch to the millisecond', () => {
    expect(pastSearch(1000.1234, 5000.9)).toEqual({ from: 1000.123, to: 5000.9 })
    expect(pastSearch(1000.1236, 1002)).toEqual({ from: 1000.124, to: 1002 })
    expect(windowSearch(300)).toEqual({})
  })
})

describe('the lists of an address', () => {
  it('carry any name', () => {
    const hidden = { cpu: ['steal', 'a,b:c%2C'], 'n:1': ['eth0'], constructor: ['x'] }
    expect(hiddenInList(listOfHidden(hidden))).toEqual(hidden)
    const panels = ['cpu', 'a,b', '100%']
    expect(tablesInList(listOfTables(panels))).toEqual(panels)
  })

  it('are read however they were written', () => {
    expect(hiddenInList('cpu,:x,cpu:,,cpu:user:more')).toEqual({ cpu: ['user'] })
    expect(tablesInList(',,')).toEqual([])
    expect(hiddenInList(undefined)).toEqual({})
  })
})
