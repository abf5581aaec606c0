import { formatAge } from '../../chart/format.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Kbd } from '../../ui/Kbd.tsx'
import { Pill, type Tone } from '../../ui/Pill.tsx'
import { useHistoryServices } from './services.ts'
import { useBehind } from './useShown.ts'

/** Leads back from the past to the present, which went on meanwhile. `tone`: how the present does. */
export function LivePill({ host, tone }: { host: HostSeries | undefined; tone: Tone }) {
  const { window } = useHistoryServices()
  const behind = useBehind(host)
  const age = Number.isNaN(behind) ? '' : behindWords(behind)
  return (
    <Pill tone={tone} onClick={() => window.live()} title="Back to Live (l)">
      <span>
        Live<span className="font-normal text-mute max-[56rem]:sr-only">{age === '' ? '' : `, ${age}`}</span>
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
