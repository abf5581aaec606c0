import { create } from 'zustand'

interface OpenTables {
  /** The ids of the panels. */
  panels: readonly string[]
  toggle: (panel: string) => void
  /** Shows it as an address says. */
  replace: (panels: readonly string[]) => void
}

/** Which panels have their table open: the same on every host. */
export const useOpenTables = create<OpenTables>()((set) => ({
  panels: [],
  toggle: (panel) =>
    set(({ panels }) => ({
      panels: panels.includes(panel) ? panels.filter((one) => one !== panel) : [...panels, panel],
    })),
  replace: (panels) => set({ panels }),
}))
