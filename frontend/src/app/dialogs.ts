/** The dialogs, which come after the first paint, at once: most of either is the other's too. */
export { HelpDialog } from './HelpDialog.tsx'
export { ServerDialog } from '../features/connect/ServerDialog.tsx'
