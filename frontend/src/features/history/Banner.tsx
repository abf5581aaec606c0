import { Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from '../../ui/classes.ts'

export interface BannerProps {
  tone: 'quiet' | 'warn' | 'bad'
  title: string
  children?: ReactNode
  /** Buttons. */
  actions?: ReactNode
}

const edge = { quiet: 'border-line2', warn: 'border-warn', bad: 'border-crit' } as const
const colour = { quiet: 'text-soft', warn: 'text-warn', bad: 'text-crit' } as const

/** One statement across the page, with what can be done about it. */
export function Banner({ tone, title, children, actions }: BannerProps) {
  const Icon = tone === 'quiet' ? Info : TriangleAlert
  return (
    <div
      role="status"
      className={classes(
        'col-span-full flex animate-rise flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border px-4 py-3',
        edge[tone],
      )}
    >
      <Icon aria-hidden="true" className={classes('size-4 shrink-0', colour[tone])} />
      <p className="min-w-0 flex-1 basis-60 text-small text-soft">
        <b className="font-semibold text-text">{title}</b> {children}
      </p>
      {actions && <div className="flex gap-2">{actions}</div>}
    </div>
  )
}
