import { useEffect } from 'react'
import type { SpanName } from '../features/live/span.ts'
import { commandOf, type Command } from './keyboard.ts'
import { useServices, type Services } from './services.ts'

export interface PageKeys {
  /** The hosts in the order of the switcher. */
  names: readonly string[]
  /** The one that is shown. */
  name: string | undefined
  onHost: (name: string) => void
  onSpan: (span: SpanName) => void
  onHelp: () => void
  onConnection: () => void
}

/** The keys of the Live page, for as long as it stands. */
export function usePageKeys(keys: PageKeys): void {
  const services = useServices()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const command = commandOf(event)
      if (!command) return
      event.preventDefault()
      obey(command, keys, services)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
}

function obey(command: Command, keys: PageKeys, { live, theme }: Services): void {
  switch (command.kind) {
    case 'help':
      return keys.onHelp()
    case 'connection':
      return keys.onConnection()
    case 'theme':
      return theme.next()
    case 'release':
      return live.crosshair.unpin()
    case 'span':
      return keys.onSpan(command.span)
    case 'pause':
      return live.window.paused ? live.window.resume() : live.window.pause()
    case 'host': {
      const next = neighbour(keys.names, keys.name, command.step)
      if (next !== undefined && next !== keys.name) keys.onHost(next)
    }
  }
}

/** The name one step further, round and round. */
export function neighbour(
  names: readonly string[],
  name: string | undefined,
  step: 1 | -1,
): string | undefined {
  const at = name === undefined ? -1 : names.indexOf(name)
  return names[(at + step + names.length) % names.length]
}
