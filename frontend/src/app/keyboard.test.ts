import { afterEach, describe, expect, it } from 'vitest'
import { commandOf } from './keyboard.ts'
import type { KeyPress } from '../ui/pageKey.ts'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  target: document.body,
  ...more,
})

function inside(html: { tag: string; attributes?: Record<string, string> }): Element {
  const element = document.createElement(html.tag)
  for (const [name, value] of Object.entries(html.attributes ?? {})) element.setAttribute(name, value)
  document.body.append(element)
  return element
}

afterEach(() => document.body.replaceChildren())

describe('the keys of the page', () => {
  it.each([
    ['?', { kind: 'help' }],
    [' ', { kind: 'hold' }],
    ['t', { kind: 'theme' }],
    ['c', { kind: 'connection' }],
    ['Escape', { kind: 'release' }],
    ['1', { kind: 'preset', place: 0 }],
    ['4', { kind: 'preset', place: 3 }],
    ['[', { kind: 'host', step: -1 }],
    [']', { kind: 'host', step: 1 }],
    ['l', { kind: 'live' }],
    ['g', { kind: 'ghost' }],
    [',', { kind: 'step', samples: -1 }],
    ['>', { kind: 'travel', windows: 1 }],
    ['-', { kind: 'zoom', factor: 2 }],
  ])('%j does its work', (key, command) => {
    expect(commandOf(press(key))).toEqual(command)
  })

  it.each(['0', 'x', 'Enter', 'ArrowLeft', 'constructor'])('%j does nothing', (key) => {
    expect(commandOf(press(key))).toBeUndefined()
  })

  it.each(['input', 'textarea', 'select', 'dialog'])('belong to somebody who types in a %s', (tag) => {
    expect(commandOf(press('t', { target: inside({ tag }) }))).toBeUndefined()
  })

  it('are the browser’s with Ctrl, Alt and the command key', () => {
    for (const modifier of ['ctrlKey', 'altKey', 'metaKey'] as const) {
      expect(commandOf(press('t', { [modifier]: true }))).toBeUndefined()
    }
  })

  it('are left to whoever handled them before', () => {
    expect(commandOf(press('Escape', { defaultPrevented: true }))).toBeUndefined()
  })

  it('leave the space bar to a button, but not to the chosen one of a group', () => {
    expect(commandOf(press(' ', { target: inside({ tag: 'button' }) }))).toBeUndefined()
    const chosen = inside({ tag: 'button', attributes: { role: 'radio', 'aria-checked': 'true' } })
    expect(commandOf(press(' ', { target: chosen }))).toEqual({ kind: 'hold' })
  })
})
