import { create } from 'zustand'

/** Labels by panel. */
type LabelsByPanel = Readonly<Record<string, readonly string[]>>

interface HiddenLines {
  /** The labels of the entries that are switched off, by panel. */
  byPanel: LabelsByPanel
  /** The viewer switches a line on or off; this browser remembers it. */
  toggle: (panel: string, label: string) => void
  /** Shows it as an address says; nothing of that is remembered. */
  replace: (byPanel: LabelsByPanel) => void
}

const storageKey = 'vitals.hidden-lines'

/** Which lines are switched off: the same on every host. */
export const useHiddenLines = create<HiddenLines>()((set) => ({
  byPanel: {},
  toggle: (panel, label) =>
    set(({ byPanel }) => {
      const toggled = { ...byPanel, [panel]: withOrWithout(byPanel[panel] ?? [], label) }
      const next = Object.fromEntries(Object.entries(toggled).filter(([, labels]) => labels.length > 0))
      remember(next)
      return { byPanel: next }
    }),
  replace: (byPanel) => set({ byPanel }),
}))

/** The lines that the viewer switched off in this browser the last time. */
export function rememberedHiddenLines(): LabelsByPanel {
  try {
    return listsOf(JSON.parse(localStorage.getItem(storageKey) ?? 'null'))
  } catch {
    return {}
  }
}

function withOrWithout(labels: readonly string[], label: string): readonly string[] {
  return labels.includes(label) ? labels.filter((one) => one !== label) : [...labels, label]
}

function remember(byPanel: LabelsByPanel): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify({ state: { byPanel } }))
  } catch {
    // Storage is blocked: the choice holds for this page.
  }
}

/** What the browser remembers may be of another version of the app: only lists of labels are taken over. */
function listsOf(stored: unknown): LabelsByPanel {
  const { state } = (stored ?? {}) as { state?: { byPanel?: unknown } }
  if (typeof state?.byPanel !== 'object' || state.byPanel === null) return {}
  return Object.fromEntries(Object.entries(state.byPanel).filter(isList))
}

function isList(entry: [string, unknown]): entry is [string, string[]] {
  const [, labels] = entry
  return Array.isArray(labels) && labels.length > 0 && labels.every((label) => typeof label === 'string')
}
