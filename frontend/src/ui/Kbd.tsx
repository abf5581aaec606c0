import type { ReactNode } from 'react'

/** A key as it is printed on a keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-block min-w-[1.25rem] rounded-[5px] border border-line2 px-[5px] text-center font-sans text-tiny font-medium text-mute">
      {children}
    </kbd>
  )
}
