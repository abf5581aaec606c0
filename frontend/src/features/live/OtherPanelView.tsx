import { formatText } from '../../chart/format.ts'
import type { Series } from '../../wire/types.gen.ts'
import { Panel } from '../../ui/Panel.tsx'
import { MomentLabel } from './MomentReadout.tsx'
import type { OtherPanel } from './panels/model.ts'
import { TextReadout } from './Readout.tsx'

/** What no panel draws, as a list of names and values. */
export function OtherPanelView({ panel, className }: { panel: OtherPanel; className: string }) {
  return (
    <Panel title={panel.title} aside={<MomentLabel />} className={className}>
      <dl className="grid max-h-56 grid-cols-[repeat(auto-fill,minmax(14rem,1fr))] gap-x-10 overflow-y-auto text-small">
        {panel.series.map((series) => (
          <OtherRow key={series.metric} series={series} />
        ))}
      </dl>
    </Panel>
  )
}

function OtherRow({ series }: { series: Series }) {
  return (
    <div className="flex min-w-0 items-baseline justify-between gap-4 border-b border-line py-[5px]">
      <dt className="truncate text-soft" title={[series.metric, series.help].filter(Boolean).join('\n')}>
        {series.metric}
      </dt>
      <dd className="shrink-0 font-medium">
        <TextReadout read={(reader) => formatText(reader.value(series.metric), series.unit)} />
      </dd>
    </div>
  )
}
