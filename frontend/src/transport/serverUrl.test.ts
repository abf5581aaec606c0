import { describe, expect, test } from 'vitest'
import { type Memory, resolveServer, ServerAddressError } from './serverUrl.ts'

function memoryOf(content?: string): Memory & { content: string | undefined } {
  return {
    content,
    getItem() {
      return this.content ?? null
    },
    setItem(_key: string, value: string) {
      this.content = value
    },
    removeItem() {
      this.content = undefined
    },
  }
}

const page = (query = '', origin = 'http://monitor.example:8080') =>
  new URL(`${origin}/vitals/host/web-1${query}`)
const pageBase = 'http://monitor.example:8080/vitals/'

describe('resolveServer', () => {
  test('without a word it is where the page came from', () => {
    const address = resolveServer(page(), pageBase)
    expect(address.base.href).toBe(pageBase)
    expect(address.socketUrl).toBe('ws://monitor.example:8080/vitals/ws')
    expect(address.servedPage).toBe(true)
  })

  test('a page over https asks over wss', () => {
    const address = resolveServer(new URL('https://a.example/'), 'https://a.example/index.html?x#y')
    expect(address.socketUrl).toBe('wss://a.example/ws')
  })

  test('the address of the page wins over the built one, which wins over the page', () => {
    const built = 'https://built.example/base'
    expect(resolveServer(page(), pageBase, built).socketUrl).toBe('wss://built.example/base/ws')
    expect(resolveServer(page('?server=https://asked.example'), pageBase, built).base.href).toBe(
      'https://asked.example/',
    )
    expect(resolveServer(page(), pageBase, built).servedPage).toBe(false)
  })

  test('?server= is remembered, and forgotten when it is empty', () => {
    const memory = memoryOf()
    resolveServer(page('?server=db.example:9000/sub'), pageBase, undefined, memory)
    expect(resolveServer(page(), pageBase, undefined, memory).socketUrl).toBe('ws://db.example:9000/sub/ws')
    expect(resolveServer(page('?server='), pageBase, undefined, memory).base.href).toBe(pageBase)
    expect(memory.content).toBeUndefined()
  })

  test.each([
    ['ws://a.example', 'ws://a.example/ws'],
    ['wss://a.example/x/', 'wss://a.example/x/ws'],
    ['https://a.example/x?y=1#z', 'wss://a.example/x/ws'],
    ['localhost:8080', 'ws://localhost:8080/ws'],
    ['http://[::1]:8080', 'ws://[::1]:8080/ws'],
  ])('%s gives %s', (asked, socketUrl) => {
    expect(resolveServer(page(`?server=${encodeURIComponent(asked)}`), pageBase).socketUrl).toBe(socketUrl)
  })

  test.each([
    ['ftp://a.example', 'begins with something other than http'],
    ['javascript://a.example', 'begins with something other than http'],
    ['http://', 'is not an address'],
    ['http://a b', 'is not an address'],
    ['https://me:secret@a.example', 'holds a user name or a password'],
  ])('%s is refused: %s', (asked, problem) => {
    const memory = memoryOf()
    const resolve = () =>
      resolveServer(page(`?server=${encodeURIComponent(asked)}`), pageBase, undefined, memory)
    expect(resolve).toThrow(ServerAddressError)
    expect(resolve).toThrow(problem)
    expect(memory.content).toBeUndefined()
  })

  test('a page over https may ask an unencrypted server on this machine only', () => {
    const from = (server: string) =>
      resolveServer(page(`?server=${server}`, 'https://a.example'), 'https://a.example/')
    expect(() => from('http://b.example')).toThrow('use https')
    expect(from('http://127.0.0.1:8080').socketUrl).toBe('ws://127.0.0.1:8080/ws')
  })

  test('storage that the browser refuses is done without', () => {
    const refuse = () => {
      throw new DOMException('no', 'SecurityError')
    }
    const memory: Memory = { getItem: refuse, setItem: refuse, removeItem: refuse }
    expect(resolveServer(page('?server=b.example'), pageBase, undefined, memory).base.href).toBe(
      'http://b.example/',
    )
    expect(resolveServer(page('?server='), pageBase, undefined, memory).base.href).toBe(pageBase)
  })
})
