import { X } from 'lucide-react'
import { useId, useLayoutEffect, useRef, type MouseEvent, type ReactNode } from 'react'
import { IconButton } from './IconButton'

export interface DialogProps {
  title: string
  onClose: () => void
  children: ReactNode
}

/** A modal dialog on the browser's own <dialog>: it keeps the focus, closes on Esc and gives the focus back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // A layout effect ends before the dialog leaves the document; closed later, it would not give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  const closeOnBackdrop = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose()
  }
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={closeOnBackdrop}
      className="max-h-[85dvh] w-[min(30rem,calc(100vw-2rem))] animate-rise rounded-2xl border border-line2 bg-raised shadow-float"
    >
      <div className="p-6">
        <div className="mb-4 flex items-center justify-between">
          <h2 id={titleId} className="text-title font-semibold">
            {title}
          </h2>
          <IconButton label="Close" onClick={onClose} className="-my-2 -mr-2">
            <X className="size-4" />
          </IconButton>
        </div>
        {children}
      </div>
    </dialog>
  )
}
