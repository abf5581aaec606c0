/**
 * Puts text into the clipboard. Browsers offer that to secure pages only; on others (a server in the home network over
 * http) the old command still does it. False when neither is allowed.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Absent on pages that are not secure, whatever the types say.
    const clipboard = (navigator as { clipboard?: Clipboard }).clipboard
    if (clipboard === undefined) return copyBySelection(text)
    await clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.className = 'fixed top-0 left-0 opacity-0'
  document.body.append(field)
  field.select()
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way on a page that is not secure
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    field.remove()
    if (focused instanceof HTMLElement) focused.focus()
  }
}
