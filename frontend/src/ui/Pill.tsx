import type { ComponentPropsWithRef, ReactNode } from 'react'
import { classes } from './classes'

export type Tone = 'good' | 'warn' | 'bad' | 'quiet'

const dotTone: Record<Tone, string> = {
  good: 'bg-live shadow-[0_0_0_4px_color-mix(in_srgb,var(--live)_20%,transparent)]',
  warn: 'bg-warn shadow-[0_0_0_4px_color-mix(in_srgb,var(--warn)_20%,transparent)]',
  bad: 'bg-crit shadow-[0_0_0_4px_color-mix(in_srgb,var(--crit)_20%,transparent)]',
  quiet: 'bg-mute shadow-[0_0_0_4px_color-mix(in_srgb,var(--mute)_20%,transparent)]',
}

export interface PillProps extends ComponentPropsWithRef<'button'> {
  tone: Tone
  children: ReactNode
  /** The dot breathes: something is going on that has no result yet. */
  busy?: boolean
}

/** A rounded button with a coloured dot that tells a state. */
export function Pill({ tone, busy, children, className, ...rest }: PillProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        'flex h-8 items-center gap-2 rounded-full border border-line2 px-3 text-small font-medium whitespace-nowrap',
        'transition-colors hover:bg-hover',
        className,
      )}
    >
      <i
        aria-hidden="true"
        className={classes('size-2 rounded-full', dotTone[tone], busy && 'animate-breathe')}
      />
      {children}
    </button>
  )
}
