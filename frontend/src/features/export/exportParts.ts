/** What comes after the first paint, at once: the exports of the page and of a panel, and its table. */
export { HeadExport } from './HeadExport.tsx'
export { PanelTools } from './PanelTools.tsx'
export { SummaryTable } from './SummaryTable.tsx'
