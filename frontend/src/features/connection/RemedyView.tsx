import { CodeBlock } from '../../ui/CodeBlock.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { remedyOf, type RemedyId, type RemedyTab } from './checks/remedies.ts'
import { preferredTab, preferTab } from './preferredTab.ts'
import { useRemedyNames } from './useReport.ts'

/** What mends a finding, with lines to take over for the proxy at hand. */
export function RemedyView({ id }: { id: RemedyId }) {
  const { says, tabs } = remedyOf(id, useRemedyNames())
  return (
    <div className="mt-2 ml-8 grid gap-2.5 tablet:ml-[11.25rem]">
      <p className="text-soft">{says}</p>
      <Tabs
        label="Lines for"
        start={preferredTab()}
        onChoose={preferTab}
        tabs={tabs.map((tab) => ({ id: tab.id, label: tab.label, content: <Lines tab={tab} /> }))}
      />
    </div>
  )
}

function Lines({ tab }: { tab: RemedyTab }) {
  return (
    <>
      <CodeBlock label={`the lines for ${tab.label}`} text={tab.lines} />
      {tab.note !== undefined && <p className="mt-1.5 text-small text-mute">{tab.note}</p>}
    </>
  )
}
