import { formatClock } from '../../chart/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { tallyOf, type Step } from './checks/checkRun.ts'
import { useConnectionServices, useRunning, useSteps } from './services.ts'
import { StepRow } from './StepRow.tsx'

/** What the checks of this connection found, one row each, with what mends it. */
export function ChecksPanel() {
  const { checks } = useConnectionServices()
  const steps = useSteps()
  const running = useRunning()
  return (
    <Panel title="Checks" aside={<Outcome steps={steps} running={running} beganMs={checks.beganMs} />}>
      <ol className="border-t border-line">
        {steps.map((step) => (
          <StepRow key={step.check.id} step={step} idle={!running} />
        ))}
      </ol>
    </Panel>
  )
}

function Outcome(props: { steps: readonly Step[]; running: boolean; beganMs: number | undefined }) {
  const { steps, running, beganMs } = props
  if (beganMs === undefined) return 'from this browser, through all that stands between'
  const { pass, warn, fail } = tallyOf(steps)
  return (
    <span role="status">
      {running ? 'running: ' : `at ${formatClock(beganMs / 1000)}: `}
      {pass} passed
      {warn > 0 && (
        <b className="font-semibold text-warn">{`, ${warn} ${warn === 1 ? 'warning' : 'warnings'}`}</b>
      )}
      {fail > 0 && <b className="font-semibold text-crit">{`, ${fail} failed`}</b>}
    </span>
  )
}
