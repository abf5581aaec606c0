/** A name for a file that every system takes: `web-1 cpu 2026-11-22 14.32.07.csv`, in the viewer's zone. */
export function fileName(parts: readonly string[], from: number, ending: string): string {
  const words = parts.map((part) => part.replace(/[^\p{L}\p{N}._-]+/gu, ' ').trim()).filter(Boolean)
  const date = new Date(from * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  const time = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join('.')
  return `${[...words, day, time].join(' ').slice(0, 150)}.${ending}`
}

/** Has the browser save it. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  follow(address, name)
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** Has the browser save what a server sends. */
export function saveAddress(address: URL, name: string): void {
  follow(address.href, name)
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
