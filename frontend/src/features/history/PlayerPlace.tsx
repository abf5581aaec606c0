import type { ReactNode } from 'react'

/** The room of the player at the foot of the page: it stands there before the player has come. */
export function PlayerPlace({ children }: { children: ReactNode }) {
  return (
    <section
      aria-label="Player"
      className="glass fixed inset-x-0 bottom-0 z-10 flex min-h-30 touch-pan-x touch-pan-y animate-rise flex-wrap items-center gap-x-4 gap-y-2 border-t border-accent px-4 pt-3 pb-[max(0.5rem,env(safe-area-inset-bottom))] tablet:left-14 tablet:min-h-16 tablet:flex-nowrap tablet:px-6 short:min-h-16 short:flex-nowrap small:min-h-0"
    >
      {children}
    </section>
  )
}
