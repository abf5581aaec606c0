import { useRef, type KeyboardEvent } from 'react'
import { classes } from './classes'

interface Segment<Value extends string> {
  value: Value
  label: string
  /** Shown when the pointer rests on it. */
  title?: string
}

export interface SegmentedControlProps<Value extends string> {
  label: string
  segments: readonly Segment<Value>[]
  /** None of the segments when nothing is chosen. */
  value: Value | undefined
  onChange: (value: Value) => void
  /** A pointer is over a segment, or over none of them any more. */
  onPoint?: (value: Value | undefined) => void
  className?: string
}

/** One choice of a few, all of them in sight. Arrow keys move the choice, as in a group of radio buttons. */
export function SegmentedControl<Value extends string>(props: SegmentedControlProps<Value>) {
  const group = useRef<HTMLDivElement>(null)
  const { segments, value, onChange } = props
  const known = segments.some((segment) => segment.value === value)

  const choose = (index: number) => {
    const segment = segments[(index + segments.length) % segments.length]
    if (!segment) return
    onChange(segment.value)
    group.current?.querySelectorAll<HTMLElement>('[role=radio]')[segments.indexOf(segment)]?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    choose(segments.findIndex((segment) => segment.value === value) + step)
  }

  return (
    <div
      ref={group}
      role="radiogroup"
      aria-label={props.label}
      onKeyDown={onKeyDown}
      className={classes('flex gap-0.5 rounded-[9px] border border-line2 p-0.5', props.className)}
    >
      {segments.map((segment, index) => (
        <SegmentButton
          key={segment.value}
          segment={segment}
          chosen={segment.value === value}
          reachable={segment.value === value || (index === 0 && !known)}
          onChoose={() => onChange(segment.value)}
          onPoint={(over) => props.onPoint?.(over ? segment.value : undefined)}
        />
      ))}
    </div>
  )
}

interface SegmentButtonProps {
  segment: Segment<string>
  chosen: boolean
  /** The one stop of the keyboard. */
  reachable: boolean
  onChoose: () => void
  onPoint: (over: boolean) => void
}

function SegmentButton(props: SegmentButtonProps) {
  return (
    <button
      type="button"
      role="radio"
      aria-checked={props.chosen}
      tabIndex={props.reachable ? 0 : -1}
      title={props.segment.title}
      onClick={props.onChoose}
      onPointerEnter={() => props.onPoint(true)}
      onPointerLeave={() => props.onPoint(false)}
      className={classes(
        'flex-1 rounded-[7px] px-1 py-1 text-small min-[52rem]:px-2 font-medium whitespace-nowrap transition-colors',
        props.chosen ? 'chosen text-text' : 'text-soft hover:text-text',
      )}
    >
      {props.segment.label}
    </button>
  )
}
