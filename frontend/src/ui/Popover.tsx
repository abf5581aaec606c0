import {
  useEffect,
  useId,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import { classes } from './classes'

export interface PopoverProps {
  /** What the button is for. */
  label: string
  /** What the button shows. */
  button: ReactNode
  /** Shown when the pointer rests on the button. */
  title?: string
  buttonClass?: string
  /** Where the panel stands and how wide it is. */
  panelClass?: string
  /** The place that the panel hangs on; without `relative` it is an outer one. */
  className?: string
  /** Told to open from elsewhere, as by a key: any change of it opens the panel, undefined does not. */
  opened?: unknown
  children: (close: () => void) => ReactNode
}

/** A button that opens a panel below it. Esc closes it and gives the focus back; so does leaving it. */
export function Popover(props: PopoverProps) {
  const { opened } = props
  const [open, setOpen] = useState(false)
  const [lastOpened, setLastOpened] = useState(opened)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const panelId = useId()
  if (opened !== lastOpened) {
    setLastOpened(opened)
    if (opened !== undefined) setOpen(true)
  }
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return
    event.preventDefault()
    event.stopPropagation()
    close()
  }
  const onBlur = (event: FocusEvent) => {
    // A window that loses the focus tells of no new place: the panel stays.
    if (event.relatedTarget !== null && !root.current?.contains(event.relatedTarget)) setOpen(false)
  }
  return (
    <div ref={root} className={props.className} onKeyDown={onKeyDown} onBlur={onBlur}>
      <button
        ref={button}
        type="button"
        aria-label={props.label}
        aria-expanded={open}
        aria-controls={panelId}
        title={props.title}
        onClick={() => setOpen(!open)}
        className={props.buttonClass}
      >
        {props.button}
      </button>
      {open && (
        <PopoverPanel
          id={panelId}
          label={props.label}
          className={props.panelClass}
          onOutside={() => setOpen(false)}
          onClose={close}
          render={props.children}
        />
      )}
    </div>
  )
}

interface PanelProps {
  id: string
  label: string
  className: string | undefined
  onOutside: () => void
  onClose: () => void
  render: PopoverProps['children']
}

function PopoverPanel({ id, label, className, onOutside, onClose, render }: PanelProps) {
  const box = useRef<HTMLDivElement>(null)
  const outside = useRef(onOutside)
  useEffect(() => {
    outside.current = onOutside
  })
  useEffect(() => {
    const panel = box.current
    const first = panel?.querySelector<HTMLElement>('[data-autofocus]')
    ;(first ?? panel)?.focus({ preventScroll: true })
    const onPress = (event: PointerEvent) => {
      const within = event.target instanceof Node && panel?.parentElement?.contains(event.target)
      if (!within) outside.current()
    }
    window.addEventListener('pointerdown', onPress)
    return () => window.removeEventListener('pointerdown', onPress)
  }, [])
  return (
    <div
      ref={box}
      id={id}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      className={classes(
        'absolute top-full z-30 mt-2 animate-rise rounded-xl border border-line2 bg-raised shadow-float outline-none',
        className,
      )}
    >
      {render(onClose)}
    </div>
  )
}
