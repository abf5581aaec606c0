import { formatAge } from '../../chart/format.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Kbd } from '../../ui/Kbd.tsx'
import { Pill, type Tone } from '../../ui/Pill.tsx'
import { useHistoryServices } from './services.ts'
import { useBehind } from './useShown.ts'

export interface LivePillProps {
  host: HostSeries | undefined
  /** The host has no present any more: what is newest of it is its end. */
  gone: boolean
  /** How the present does. */
  tone: Tone
}

/** Leads back from the past to the present, which went on meanwhile. */
export function LivePill({ host, gone, tone }: LivePillProps) {
  const { window } = useHistoryServices()
  const behind = useBehind(host)
  const age = gone || Number.isNaN(behind) ? '' : behindWords(behind)
  return (
    <Pill
      tone={tone}
      onClick={() => window.live()}
      title={gone ? 'To the end of what is recorded (l)' : 'Back to Live (l)'}
    >
      <span>
        {gone ? 'End' : 'Live'}
        <span className="font-normal text-mute max-[56rem]:sr-only">{age === '' ? '' : `, ${age}`}</span>
      </span>
      <span className="hidden desk:inline">
        <Kbd>l</Kbd>
      </span>
    </Pill>
  )
}

/** `3 s behind`, `22 h behind`. */
export function behindWords(seconds: number): string {
  return `${formatAge(Math.max(0, seconds)).replace(/\.\d s$/, ' s')} behind`
}
