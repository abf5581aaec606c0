import type { ComponentPropsWithRef } from 'react'
import { classes } from './classes'

export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  /** The one thing that is to be done here. */
  primary?: boolean
}

/** A plain button with a hairline around it. */
export function Button({ primary, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        'flex h-8 items-center justify-center gap-2 rounded-[9px] border px-2.5 text-small whitespace-nowrap transition-colors',
        primary
          ? 'border-accent bg-accent font-semibold text-bg hover:opacity-90'
          : 'border-line2 text-soft hover:bg-hover hover:text-text',
        'disabled:opacity-50',
        className,
      )}
    />
  )
}
