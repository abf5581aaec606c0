/** The lines that push a first value to a server; to another host than its own when one is named. */
export function pushLines(serverAddress: string, host: string | undefined): { curl: string; vitals: string } {
  const event = { metric: 'room.temp', value: 21.3, unit: 'celsius', ...(host !== undefined && { host }) }
  const events = new URL('api/v1/events', serverAddress).href
  return {
    curl: `curl -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(event))} ${quoted(events)}`,
    vitals: `vitals push room.temp=21.3${host === undefined ? '' : ` --host ${quoted(host)}`} --to ${quoted(serverAddress)}`,
  }
}

/** As a shell takes it for one word; as it is when nothing in it means something to a shell. */
function quoted(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
