import { SegmentedControl } from '../../ui/SegmentedControl.tsx'
import { spans, type SpanName } from './span.ts'

const segments = spans.map(({ name, title }) => ({ value: name, label: name, title }))

/** How much of the past the charts show. */
export function WindowControl(props: { span: SpanName; onSpan: (span: SpanName) => void }) {
  return (
    <SegmentedControl
      label="Time shown"
      segments={segments}
      value={props.span}
      onChange={props.onSpan}
      className="order-last w-full tablet:order-none tablet:w-auto"
    />
  )
}
