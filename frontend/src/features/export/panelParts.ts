/** What of a panel comes after the first paint, at once: its export and its table. */
export { PanelTools } from './PanelTools.tsx'
export { SummaryTable } from './SummaryTable.tsx'
