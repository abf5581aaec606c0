import { useEffect } from 'react'
import { barPresets } from '../features/history/presets.ts'
import {
  changeSpeed,
  goEarlier,
  goLater,
  nextGhost,
  stepSamples,
  togglePlay,
} from '../features/history/travel.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { commandOf, type Command } from './keyboard.ts'
import { useServices, type Services } from './services.ts'

export interface PageKeys {
  /** The hosts in the order of the switcher. */
  names: readonly string[]
  /** The one that is shown. */
  host: HostSeries | undefined
  /** Seconds of the past that the time bar offers; 0 where no history is kept. */
  keptSeconds: number
  onHost: (name: string) => void
  onHelp: () => void
  onConnection: () => void
  onRange: () => void
  onLink: () => void
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
    case 'range':
      return keys.onRange()
    case 'link':
      return keys.onLink()
    case 'theme':
      return theme.next()
    case 'release':
      return live.crosshair.unpin()
    case 'host': {
      const next = neighbour(keys.names, keys.host?.host.name, command.step)
      if (next !== undefined && next !== keys.host?.host.name) keys.onHost(next)
      return
    }
    default:
      return travel(command, keys, live)
  }
}

type TimeCommand = Exclude<
  Command,
  { kind: 'help' | 'connection' | 'range' | 'link' | 'theme' | 'release' | 'host' }
>

const ofThePast: ReadonlySet<Command['kind']> = new Set(['ghost', 'speed', 'step', 'travel'])

/** The keys that change which time is shown. */
function travel(command: TimeCommand, keys: PageKeys, { window, serverSeconds }: Services['live']): void {
  const { host, keptSeconds } = keys
  // Without a history there is neither a player nor anything else on the page that these would move.
  if (keptSeconds === 0 && ofThePast.has(command.kind)) return
  switch (command.kind) {
    case 'hold':
      return keptSeconds > 0 || window.mode !== 'fixed' ? togglePlay(window) : undefined
    case 'preset': {
      const preset = barPresets(keptSeconds)[command.place]
      return preset && window.live(preset.seconds)
    }
    case 'live':
      return window.live()
    case 'ghost':
      return nextGhost(window)
    case 'zoom':
      return window.zoom(command.factor)
    case 'speed':
      return changeSpeed(window, command.step)
    case 'step':
      return host && stepSamples(window, host, command.samples)
    case 'travel':
      if (!host) return
      return command.windows < 0 ? goEarlier(window, host) : goLater(window, host, serverSeconds())
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
