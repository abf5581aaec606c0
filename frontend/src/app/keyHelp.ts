export interface KeyGroup {
  title: string
  keys: readonly { keys: readonly string[]; does: string }[]
}

/** The list that the help shows, in its order. */
export const keyHelp: readonly KeyGroup[] = [
  {
    title: 'Live',
    keys: [
      { keys: ['space'], does: 'Pause and resume the picture; data goes on collecting' },
      { keys: ['1', '…', '8'], does: 'Show 1 minute and more, up to all that is kept, as the time bar says' },
      { keys: ['[', ']'], does: 'Previous and next host' },
      { keys: ['←', '→'], does: 'In a chart: move the crosshair; PgUp and PgDn by ten steps' },
      { keys: ['Home', 'End'], does: 'In a chart: to the oldest and newest sample shown' },
      { keys: ['Esc'], does: 'Let the crosshair go; close what is open' },
    ],
  },
  {
    title: 'The past, where the server keeps history',
    keys: [
      { keys: ['<', '>'], does: 'One window earlier, later' },
      { keys: ['-', '+'], does: 'Show twice as much, half as much' },
      { keys: ['d'], does: 'Choose a range or a day' },
      { keys: ['space'], does: 'Play what is shown, and hold it' },
      { keys: [',', '.'], does: 'One sample back, on' },
      { keys: ['(', ')'], does: 'Play slower, faster' },
      { keys: ['g'], does: 'Faint, behind it: yesterday, last week, off' },
      { keys: ['l'], does: 'Back to Live' },
      { keys: ['y'], does: 'Copy a link to exactly what is shown' },
    ],
  },
  {
    title: 'In a chart, with the mouse or fingers',
    keys: [
      { keys: ['drag'], does: 'Show that stretch; on a phone, touch to read the values' },
      { keys: ['Ctrl', 'wheel'], does: 'Show more, less; pinch with two fingers' },
      { keys: ['Shift', 'wheel'], does: 'Earlier, later; or drag the times below the chart' },
      { keys: ['double click'], does: 'Back to what was shown before; the Backspace key, too' },
      { keys: ['click'], does: 'Pin the crosshair; click again to let it go' },
    ],
  },
  {
    title: 'Connection',
    keys: [
      { keys: ['c'], does: 'To the Connection page, and back' },
      { keys: ['r'], does: 'There: run the checks, or stop them' },
      { keys: ['y'], does: 'There: copy the report' },
    ],
  },
  {
    title: 'Everywhere',
    keys: [
      { keys: ['t'], does: 'Theme: dark, light, as the system' },
      { keys: ['?'], does: 'This list' },
    ],
  },
]
