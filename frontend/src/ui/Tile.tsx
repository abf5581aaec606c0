import type { ReactNode } from 'react'

export interface TileProps {
  title: string
  /** A second, smaller statement at the right of the title. */
  aside?: ReactNode
  figure: ReactNode
  unit?: ReactNode
  /** The small picture below the figure. */
  children?: ReactNode
}

/** A large figure with its unit and a small picture of how it came about. A group, not a landmark: there are many. */
export function Tile({ title, aside, figure, unit, children }: TileProps) {
  return (
    <section role="group" aria-label={title} className="min-w-0 border-l border-line px-4 tablet:px-5">
      <h2 className="flex justify-between gap-2 text-small font-medium whitespace-nowrap text-mute">
        {title}
        <span className="min-w-0 truncate">{aside}</span>
      </h2>
      <p className="mt-0.5 flex items-baseline text-figure leading-[1.15] font-semibold tracking-[-0.03em] whitespace-nowrap">
        {figure}
        <span className="ml-[3px] min-w-0 truncate text-[0.875rem] font-medium tracking-normal text-mute">
          {unit}
        </span>
      </p>
      <div className="mt-1.5 h-[1.875rem] short:hidden small:hidden">{children}</div>
    </section>
  )
}
