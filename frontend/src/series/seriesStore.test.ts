import { describe, expect, test, vi } from 'vitest'
import { SeriesStore } from './seriesStore.ts'
import { catalog, hello, hostState, snapshot, update } from './testing/frames.ts'

const named = (...names: string[]) => names.map((name) => ({ name, hostname: name }))

describe('SeriesStore', () => {
  test('takes hosts from the hello and rows from what follows', () => {
    const store = new SeriesStore()
    const heard = vi.fn()
    store.subscribe(heard)
    store.apply(hello({ hosts: named('web-1', 'db-1') }))
    store.apply(catalog(['cpu']))
    store.apply(snapshot(1, [100, 101], [[1, 2]]))
    store.apply(update(3, 102, [3]))
    expect([...store.hosts.keys()]).toEqual(['web-1', 'db-1'])
    expect(store.own).toBe('web-1')
    expect(store.position('web-1')).toEqual({ epoch: 'a', seq: 3 })
    expect(store.position('db-1')).toBeUndefined()
    expect(heard).toHaveBeenCalledTimes(1)
  })

  test('a hello after a restart keeps the past and the objects', () => {
    const store = new SeriesStore()
    store.apply(hello({ hosts: named('web-1', 'gone') }))
    const before = store.hosts.get('web-1')
    store.apply(catalog(['cpu']))
    store.apply(update(9, 100, [1]))
    store.apply(hello({ epoch: 'b', hosts: [{ name: 'web-1', hostname: 'web-1', kernel: 'Linux 7' }] }))
    store.apply(catalog(['cpu']))
    store.apply(update(1, 105, [2]))
    expect(store.hosts.get('web-1')).toBe(before)
    expect(before?.host.kernel).toBe('Linux 7')
    expect([...before!.times(before!.range)]).toEqual([100, 105])
    expect(store.position('web-1')).toEqual({ epoch: 'b', seq: 1 })
    expect(store.hosts.has('gone')).toBe(false)
  })

  test('frames of a host that nobody told of are ignored', () => {
    const store = new SeriesStore()
    store.apply(hello())
    store.apply(catalog(['cpu'], 'other'))
    store.apply(update(1, 100, [1], 'other'))
    expect([...store.hosts.keys()]).toEqual(['web-1'])
  })

  test('only so many hosts keep a past; the one left longest forgets its own and may come back', () => {
    const store = new SeriesStore()
    const names = Array.from({ length: 17 }, (_, i) => `host-${i}`)
    store.apply(hello({ hosts: named(...names) }))
    const watch = (name: string) => {
      store.apply(catalog(['cpu'], name))
      store.apply(update(1, 100, [1], name))
    }
    names.forEach(watch)
    expect(names.filter((name) => store.position(name) === undefined)).toEqual(['host-0'])
    expect(store.hosts.get('host-0')?.columns).toEqual([])
    watch('host-0')
    expect(names.filter((name) => store.position(name) === undefined)).toEqual(['host-1'])
  })

  test('hosts come, fall silent, come back and leave; one that left stays for its past', () => {
    const store = new SeriesStore()
    const heard = vi.fn()
    store.subscribe(heard)
    store.apply(hello({ hosts: [...named('web-1'), { ...named('old')[0]!, silentSince: 50 }] }))
    const states = () => store.known.map(({ host, presence, since }) => [host.name, presence, since])
    expect(states()).toEqual([
      ['web-1', 'live', undefined],
      ['old', 'silent', 50],
    ])
    store.apply(hostState('attic', 'live', 100))
    store.apply(catalog(['cpu'], 'attic'))
    store.apply(update(7, 100, [1], 'attic'))
    store.apply(hostState('attic', 'silent', 110))
    store.apply(hostState('old', 'gone', 120))
    expect(states()).toEqual([
      ['web-1', 'live', undefined],
      ['attic', 'silent', 110],
    ])
    store.apply(hostState('attic', 'gone', 130))
    expect(store.known.at(-1)).toMatchObject({
      presence: 'gone',
      since: 130,
      series: store.hosts.get('attic'),
    })
    expect(heard).toHaveBeenCalledTimes(5)
  })

  test('a host that left and came back may count its rows anew', () => {
    const store = new SeriesStore()
    store.apply(hello())
    store.apply(hostState('attic', 'live', 100))
    store.apply(catalog(['cpu'], 'attic'))
    store.apply(update(7, 100, [1], 'attic'))
    store.apply(hostState('attic', 'gone', 130))
    expect(store.position('attic')).toBeUndefined()
    store.apply(hostState('attic', 'live', 200))
    store.apply(catalog(['cpu'], 'attic'))
    store.apply(update(1, 200, [2], 'attic'))
    const host = store.hosts.get('attic')!
    expect([...host.times(host.range)]).toEqual([100, 200])
  })
})
