import { useId, type ReactNode } from 'react'
import { classes } from './classes'

export interface PanelProps {
  title: string
  /** What stands at the right of the title. */
  aside?: ReactNode
  /** What stands beside the title. */
  badge?: ReactNode
  children: ReactNode
  className?: string
}

/** A titled part of a page: no box, only space around it. */
export function Panel({ title, aside, badge, children, className }: PanelProps) {
  const titleId = useId()
  return (
    <section aria-labelledby={titleId} className={classes('flex min-w-0 flex-col', className)}>
      <div className="mb-2 flex min-w-0 items-baseline gap-2.5">
        <h2 id={titleId} className="shrink-0 text-base font-semibold tracking-[-0.005em]">
          {title}
        </h2>
        {badge}
        <span className="ml-auto min-w-0 truncate text-small text-mute">{aside}</span>
      </div>
      {children}
    </section>
  )
}
