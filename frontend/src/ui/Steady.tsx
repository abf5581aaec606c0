import type { ReactNode } from 'react'

export interface SteadyProps {
  children: ReactNode
  /** The widest that is to be expected; its width is kept free, so that nothing beside it moves. */
  widest: ReactNode
  align?: 'start' | 'end'
}

/** Text of changing length in a place of fixed width. */
export function Steady({ children, widest, align = 'end' }: SteadyProps) {
  return (
    <span className="inline-grid items-baseline whitespace-pre">
      <span aria-hidden="true" className="invisible col-start-1 row-start-1 select-none">
        {widest}
      </span>
      <span
        className={`col-start-1 row-start-1 ${align === 'end' ? 'justify-self-end' : 'justify-self-start'}`}
      >
        {children}
      </span>
    </span>
  )
}
