import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { classes } from './classes'

export interface Tab {
  id: string
  label: string
  content: ReactNode
}

export interface TabsProps {
  label: string
  tabs: readonly Tab[]
  /** Shown at first; the first tab when absent or not among them. */
  start?: string | undefined
  onChoose?: (id: string) => void
}

/** Several panels in one place, one of them shown. Arrow keys, Home and End move along the tabs. */
export function Tabs({ label, tabs, start, onChoose }: TabsProps) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState(start)
  const shown = tabs.find((tab) => tab.id === chosen) ?? tabs[0]
  if (!shown) return null
  const choose = (tab: Tab) => {
    setChosen(tab.id)
    onChoose?.(tab.id)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(tabs, shown, event.key)
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    choose(next)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[tabs.indexOf(next)]?.focus()
  }
  return (
    <div className="min-w-0">
      <div ref={list} role="tablist" aria-label={label} onKeyDown={onKeyDown} className="flex gap-4">
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={tab === shown}
            aria-controls={`${id}-panel`}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => choose(tab)}
            className={classes(
              '-mb-px border-b-2 pb-1.5 text-small font-medium transition-colors',
              tab === shown ? 'border-accent text-text' : 'border-transparent text-mute hover:text-text',
            )}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown.id}`} className="pt-2">
        {shown.content}
      </div>
    </div>
  )
}

function neighbour(tabs: readonly Tab[], shown: Tab, key: string): Tab | undefined {
  const at = tabs.indexOf(shown)
  if (key === 'Home') return tabs[0]
  if (key === 'End') return tabs.at(-1)
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
  return step === undefined ? undefined : tabs[(at + step + tabs.length) % tabs.length]
}
