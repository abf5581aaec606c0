/**
 * A name for a file that every system takes, of the kind that the server gives to its own exports, in UTC as these are:
 * `vitals-web-1-CPU-20261122T143207Z.csv`.
 */
export function fileName(host: string, title: string, from: number, ending: string): string {
  const words = `vitals-${host}-${title}`.replace(/[^\p{L}\p{N}._]+/gu, '-').slice(0, 120)
  const time = new Date(from * 1000).toISOString().replace(/[-:]|\.\d+/g, '')
  return `${words}-${time}.${ending}`
}

/** Has the browser save it. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  follow(address, name)
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** Has the browser save what a server sends, under the name that the server gives. */
export function saveAddress(address: URL): void {
  follow(address.href, '')
}

function follow(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.rel = 'noopener'
  document.body.append(link)
  link.click()
  link.remove()
}
