import { Suspense, useMemo } from 'react'
import type { HostSeries } from '../../../series/hostSeries.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { classes } from '../../../ui/classes.ts'
import { ChartCanvas, EmptyBox } from '../ChartPanelView.tsx'
import { useHiddenLines } from '../hiddenLines.ts'
import { CustomReadout } from './CustomReadout.tsx'
import type { CustomFamily, CustomMember } from './families.ts'
import { FoldButton } from './FoldButton.tsx'
import { useFold } from './useFold.ts'

const nothingHidden: readonly string[] = []
/** So many members are listed at first. */
const mostListed = 8

/** A family of pushed series: its lines, and of each the newest value with its age. */
export function CustomPanelView({ family, host }: { family: CustomFamily; host: HostSeries }) {
  const { panel, members, unit, help } = family
  const hiddenLabels = useHiddenLines((lines) => lines.byPanel[panel.id]) ?? nothingHidden
  const toggle = useHiddenLines((lines) => lines.toggle)
  const hidden = useMemo(() => new Set(hiddenLabels), [hiddenLabels])
  const [only] = members.length === 1 ? members : []
  // The one of a family that has no labels has no name but the family's, and its value stands beside that.
  const fold = useFold(only?.label === family.title ? [] : members, mostListed)
  return (
    <Panel
      title={family.title}
      badge={
        help !== '' && (
          <span className="min-w-0 flex-1 basis-0 truncate text-small text-mute" title={help}>
            {help}
          </span>
        )
      }
      aside={only ? <CustomReadout column={only.column} unit={unit} strong /> : `${members.length} series`}
      className="col-span-12 tablet:col-span-6 desk:col-span-4"
    >
      <Suspense fallback={<EmptyBox className="h-[9.375rem]" />}>
        <ChartCanvas panel={panel} host={host} hidden={hidden} />
      </Suspense>
      <ul className="mt-1.5 grid min-h-5 gap-y-0.5 text-small text-soft">
        {fold.shown.map((member) => (
          <Entry
            key={member.column.series.metric}
            member={member}
            unit={unit}
            shown={!hidden.has(member.label)}
            alone={only !== undefined}
            onToggle={() => toggle(panel.id, member.label)}
          />
        ))}
      </ul>
      <FoldButton fold={fold} of={family.title} />
    </Panel>
  )
}

interface EntryProps {
  member: CustomMember
  unit: string
  shown: boolean
  /** Its value stands beside the title. */
  alone: boolean
  onToggle: () => void
}

function Entry({ member: { label, color, column }, unit, shown, alone, onToggle }: EntryProps) {
  return (
    <li className="flex min-w-0 items-baseline gap-3">
      <button
        type="button"
        aria-pressed={shown}
        onClick={onToggle}
        title={shown ? `Hide ${column.series.metric}` : `Show ${column.series.metric}`}
        className={classes('flex min-w-0 items-baseline rounded-sm hover:text-text', !shown && 'text-mute')}
      >
        <i
          aria-hidden="true"
          className="swatch mr-1.5 self-center"
          style={{ background: shown ? `var(${color})` : 'var(--mute)' }}
        />
        <span className={classes('truncate', !shown && 'line-through')}>{label}</span>
      </button>
      {!alone && (
        <span className="ml-auto shrink-0 text-mute">
          <CustomReadout column={column} unit={unit} />
        </span>
      )}
    </li>
  )
}
