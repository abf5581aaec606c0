import type { ComponentPropsWithRef, ReactNode } from 'react'
import { classes } from './classes'

export interface IconButtonProps extends ComponentPropsWithRef<'button'> {
  /** What the button does, for screen readers and as a hint. */
  label: string
  children: ReactNode
}

/** A square button that shows only an icon. */
export function IconButton({ label, children, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        'grid size-10 shrink-0 place-items-center rounded-[10px] text-mute transition-colors hover:bg-hover hover:text-text',
        className,
      )}
    >
      {children}
    </button>
  )
}
