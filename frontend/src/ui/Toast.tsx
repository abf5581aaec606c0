import type { ReactNode } from 'react'
import type { Tone } from './Pill'

const edge: Record<Tone, string> = { good: 'bg-live', warn: 'bg-warn', bad: 'bg-crit', quiet: 'bg-accent' }

export interface ToastProps {
  tone: Tone
  title: string
  children?: ReactNode
  /** Buttons. */
  actions?: ReactNode
}

/** A short message in the corner; it stays for as long as its reason does. */
export function Toast({ tone, title, children, actions }: ToastProps) {
  return (
    <div className="pointer-events-auto flex w-[min(24rem,calc(100vw-2rem))] animate-rise items-stretch gap-3 rounded-xl border border-line2 bg-raised p-3.5 shadow-float">
      <i aria-hidden="true" className={`w-[3px] shrink-0 rounded-full ${edge[tone]}`} />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{title}</p>
        {children && <p className="mt-0.5 text-small text-soft">{children}</p>}
        {actions && <div className="mt-2.5 flex gap-2">{actions}</div>}
      </div>
    </div>
  )
}

/** The corner where toasts stand; screen readers hear what comes in. */
export function ToastCorner({ children }: { children: ReactNode }) {
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 z-40 flex flex-col items-end gap-2"
    >
      {children}
    </div>
  )
}
