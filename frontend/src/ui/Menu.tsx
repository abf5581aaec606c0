import {
  Fragment,
  useEffect,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import { classes } from './classes'

export interface MenuItem {
  id: string
  label: string
  hint?: string
  current?: boolean
  /** Of the hint: a state that deserves a look. */
  tone?: 'quiet' | 'warn'
  /** It can be chosen, but stands back. */
  dimmed?: boolean
  /** The heading of the part of the list that begins with it. */
  section?: string
}

export interface MenuProps {
  label: string
  /** What the closed menu shows. */
  children: ReactNode
  items: readonly MenuItem[]
  onChoose: (id: string) => void
}

/** A button that opens a list of choices. Arrows, Home, End and first letters move, Enter chooses, Esc closes. */
export function Menu({ label, children, items, onChoose }: MenuProps) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) {
      event.stopPropagation()
      close()
    }
    if (event.key === 'ArrowDown' && !open) {
      event.preventDefault()
      setOpen(true)
    }
  }
  const onBlur = (event: FocusEvent) => {
    if (!root.current?.contains(event.relatedTarget)) setOpen(false)
  }
  return (
    <div
      ref={root}
      className="relative max-w-full min-w-0 shrink-0 desk:max-w-[70%]"
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    >
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        onClick={() => setOpen(!open)}
        className="-mx-2 flex max-w-[calc(100%+1rem)] items-center gap-2.5 rounded-lg px-2 py-1 hover:bg-hover"
      >
        {children}
      </button>
      {open && (
        <MenuList
          label={label}
          items={items}
          onChoose={(id) => {
            close()
            onChoose(id)
          }}
        />
      )}
    </div>
  )
}

function MenuList({ label, items, onChoose }: Pick<MenuProps, 'label' | 'items' | 'onChoose'>) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const entries = entriesOf(list.current)
    ;(entries.find((entry) => entry.ariaCurrent === 'true') ?? entries[0])?.focus()
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    const entries = entriesOf(list.current)
    const next = nextEntry(entries, event.key)
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    next.focus()
  }
  return (
    <div
      ref={list}
      role="menu"
      aria-label={label}
      onKeyDown={onKeyDown}
      className="absolute top-full left-0 z-30 mt-1.5 max-h-[60dvh] w-max max-w-[min(24rem,calc(100vw-2rem))] min-w-[14rem] animate-rise overflow-y-auto rounded-xl border border-line2 bg-raised p-1.5 shadow-float"
    >
      {items.map((item) => (
        <Fragment key={item.id}>
          {item.section !== undefined && <SectionHeading>{item.section}</SectionHeading>}
          <MenuEntry item={item} onChoose={() => onChoose(item.id)} />
        </Fragment>
      ))}
    </div>
  )
}

function SectionHeading({ children }: { children: string }) {
  return (
    <p role="presentation" className="mt-1.5 border-t border-line px-3 pt-2.5 pb-1 text-small text-mute">
      {children}
    </p>
  )
}

function MenuEntry({ item, onChoose }: { item: MenuItem; onChoose: () => void }) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      aria-current={item.current ? 'true' : undefined}
      onClick={onChoose}
      title={item.label}
      className={classes(
        'flex w-full items-baseline justify-between gap-6 rounded-lg px-3 py-2 text-left -outline-offset-2 hover:bg-hover focus:bg-hover',
        item.current && 'font-semibold',
      )}
    >
      <span className={classes('truncate', item.dimmed && 'text-mute')}>{item.label}</span>
      <span
        className={classes(
          'shrink-0 text-small font-normal',
          item.tone === 'warn' ? 'text-warn' : 'text-mute',
        )}
      >
        {item.hint}
      </span>
    </button>
  )
}

function entriesOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
}

function nextEntry(entries: HTMLElement[], key: string): HTMLElement | undefined {
  const at = entries.indexOf(document.activeElement as HTMLElement)
  if (key === 'ArrowDown') return entries[(at + 1) % entries.length]
  if (key === 'ArrowUp') return entries[(at - 1 + entries.length) % entries.length]
  if (key === 'Home') return entries[0]
  if (key === 'End') return entries.at(-1)
  if (key.length !== 1 || key === ' ') return undefined
  const after = [...entries.slice(at + 1), ...entries.slice(0, at + 1)]
  return after.find((entry) => entry.textContent.toLowerCase().startsWith(key.toLowerCase()))
}
