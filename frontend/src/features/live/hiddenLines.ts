import { create } from 'zustand'
import { persist } from 'zustand/middleware'

interface HiddenLines {
  /** The labels of the entries that are switched off, by panel. */
  byPanel: Record<string, readonly string[]>
  toggle: (panel: string, label: string) => void
}

/** What the browser remembers may be of another version of the app: only lists are taken over. */
function listsOf(stored: unknown): Record<string, readonly string[]> {
  const { byPanel } = (stored ?? {}) as { byPanel?: unknown }
  if (typeof byPanel !== 'object' || byPanel === null) return {}
  const lists = Object.entries(byPanel).filter(([, labels]) => Array.isArray(labels))
  return Object.fromEntries(lists)
}

/** Which lines the viewer switched off: the same on every host, remembered in this browser. */
export const useHiddenLines = create<HiddenLines>()(
  persist(
    (set) => ({
      byPanel: {},
      toggle: (panel, label) =>
        set(({ byPanel }) => {
          const hidden = byPanel[panel] ?? []
          const next = hidden.includes(label) ? hidden.filter((one) => one !== label) : [...hidden, label]
          return { byPanel: { ...byPanel, [panel]: next } }
        }),
    }),
    { name: 'vitals.hidden-lines', merge: (stored, usual) => ({ ...usual, byPanel: listsOf(stored) }) },
  ),
)
