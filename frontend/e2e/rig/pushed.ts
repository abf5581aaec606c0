/** One event as anybody may send it. */
export interface PushedEvent {
  metric: string
  value: number
  timestamp?: number
  unit?: string
  help?: string
}

/** Pushes events to a server by HTTP, as a program of somebody else would. */
export async function push(appUrl: string, ...events: PushedEvent[]): Promise<unknown> {
  const answer = await fetch(new URL('api/v1/events', appUrl), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(events),
  })
  return answer.json()
}
