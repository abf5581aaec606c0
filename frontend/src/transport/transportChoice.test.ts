import { expect, test } from 'vitest'
import { TransportChoice } from './transportChoice.ts'

test('two failures while plain HTTP works mean that WebSocket is blocked', () => {
  const choice = new TransportChoice()
  expect(choice.failed()).toBe(false)
  choice.noteHttp(true)
  expect(choice.failed()).toBe(true)
  expect(choice.kind).toBe('events')
})

test('an answer over HTTP that comes after the WebSocket is not held against later losses', () => {
  const choice = new TransportChoice()
  choice.failed()
  choice.succeeded('websocket')
  choice.noteHttp(true)
  choice.failed()
  expect(choice.failed()).toBe(false)
  expect(choice.kind).toBe('websocket')
})
