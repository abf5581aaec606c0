import { create } from 'zustand'
import { persist } from 'zustand/middleware'

interface HiddenLines {
  /** The labels of the entries that are switched off, by panel. */
  byPanel: Record<string, readonly string[]>
  toggle: (panel: string, label: string) => void
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
    { name: 'vitals.hidden-lines' },
  ),
)
