import { describe, expect, it } from 'vitest'
import { baseOf, routerPath } from './base.ts'
import { pageOfServer } from './services.ts'
import { neighbour } from './usePageKeys.ts'

describe('the base of the app', () => {
  it.each([
    ['http://localhost:8080/', '/'],
    ['http://localhost:8080/vitals/', '/vitals'],
    ['http://localhost:8080/a/b/index.html', '/a/b'],
  ])('of a document based at %s is %s', (document, path) => {
    expect(routerPath(baseOf(document, false))).toBe(path)
  })

  it('is the root in development, however deep the page is', () => {
    expect(routerPath(baseOf('http://localhost:5173/hosts/web-1', true))).toBe('/')
  })

  it('leads to another server', () => {
    expect(pageOfServer('http://localhost:8080/vitals/', 'https://other.example/')).toBe(
      'http://localhost:8080/vitals/?server=https%3A%2F%2Fother.example%2F',
    )
  })
})

describe('going through the hosts', () => {
  it('goes round and round', () => {
    expect(neighbour(['a', 'b', 'c'], 'c', 1)).toBe('a')
    expect(neighbour(['a', 'b', 'c'], 'a', -1)).toBe('c')
  })

  it('starts at the first when none is shown, and nowhere when there is none', () => {
    expect(neighbour(['a', 'b'], undefined, 1)).toBe('a')
    expect(neighbour([], undefined, 1)).toBeUndefined()
  })
})
