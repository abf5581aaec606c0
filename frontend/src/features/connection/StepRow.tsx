import { Circle, CircleCheck, CircleDashed, CircleX, LoaderCircle, TriangleAlert } from 'lucide-react'
import { formatMilliseconds } from '../../chart/format.ts'
import { Button } from '../../ui/Button.tsx'
import { classes } from '../../ui/classes.ts'
import type { Verdict } from './checks/check.ts'
import type { Step } from './checks/checkRun.ts'
import { RemedyView } from './RemedyView.tsx'
import { useConnectionServices } from './services.ts'
import { verdictWord } from './words.ts'

const glyphs = {
  pass: { Icon: CircleCheck, tone: 'text-live' },
  warn: { Icon: TriangleAlert, tone: 'text-warn' },
  fail: { Icon: CircleX, tone: 'text-crit' },
  skip: { Icon: CircleDashed, tone: 'text-mute' },
} as const satisfies Record<Verdict, unknown>

const textTone: Record<Verdict, string> = {
  pass: 'text-soft',
  warn: 'text-text',
  fail: 'text-text',
  skip: 'text-mute',
}

/** One check: what it asks, and once it has run what it found. Its height grows only when there is something to mend. */
export function StepRow({ step, idle }: { step: Step; idle: boolean }) {
  const { check, finding } = step
  return (
    <li className="border-b border-line py-2.5">
      <div className="grid grid-cols-[1.25rem_1fr_auto] items-start gap-x-3 gap-y-0.5 tablet:grid-cols-[1.25rem_8.5rem_1fr_auto]">
        <Glyph step={step} />
        <h3 className="font-medium">{check.title}</h3>
        <p
          className={classes(
            'order-last col-span-2 col-start-2 min-w-0 wrap-anywhere tablet:order-none tablet:col-span-1 tablet:col-start-auto',
            finding ? textTone[finding.verdict] : 'text-mute',
          )}
        >
          {saysOf(step)}
        </p>
        <Aside step={step} idle={idle} />
      </div>
      {finding?.remedy && <RemedyView id={finding.remedy} />}
    </li>
  )
}

function saysOf({ check, state, progress, finding }: Step): string {
  if (state === 'running') return progress ?? check.asks
  return finding?.says ?? check.asks
}

function Glyph({ step: { state, finding } }: { step: Step }) {
  if (state === 'running')
    return <LoaderCircle aria-label="running" className="mt-px size-[1.125rem] animate-spin text-accent" />
  if (!finding) return <Circle aria-label="not run yet" className="mt-px size-[1.125rem] text-line2" />
  const { Icon, tone } = glyphs[finding.verdict]
  return <Icon aria-label={verdictWord[finding.verdict]} className={classes('mt-px size-[1.125rem]', tone)} />
}

/** How long it took; for a check that runs apart, the button that starts or ends it. */
function Aside({ step, idle }: { step: Step; idle: boolean }) {
  const { checks } = useConnectionServices()
  const { check, state, finding, tookMs } = step
  if (check.apart && (state === 'running' || idle))
    return (
      <Button
        className="-my-1.5"
        onClick={() => (state === 'running' ? checks.cancel() : void checks.start(check.id))}
      >
        {state === 'running' ? 'Stop' : 'Wait for it'}
      </Button>
    )
  if (finding === undefined || finding.verdict === 'skip' || tookMs === undefined) return <span />
  return <span className="text-right text-small text-mute">{formatMilliseconds(tookMs)}</span>
}
