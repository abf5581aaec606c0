import type { ReactNode } from 'react'

export interface StatePageProps {
  icon: ReactNode
  title: string
  children?: ReactNode
  actions?: ReactNode
}

/** A page that has nothing to show yet, and says why and what can be done. */
export function StatePage({ icon, title, children, actions }: StatePageProps) {
  return (
    <main aria-live="polite" className="grid min-h-[60dvh] place-items-center px-6 py-16">
      <div className="flex max-w-[28rem] animate-rise flex-col items-center gap-3 text-center">
        <span className="mb-2 grid size-14 place-items-center rounded-2xl border border-line2 text-mute">
          {icon}
        </span>
        <h1 className="text-state font-semibold tracking-[-0.01em]">{title}</h1>
        {children && <div className="text-base text-soft">{children}</div>}
        {actions && <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
      </div>
    </main>
  )
}
