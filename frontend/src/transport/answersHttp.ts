const withinMs = 5_000

/** Whether the server at a base (ending in a slash) answers plain HTTP: it lives, and WebSockets alone are missing. */
export async function answersHttp(base: URL): Promise<boolean> {
  try {
    const response = await fetch(new URL('livez', base), {
      cache: 'no-store',
      signal: AbortSignal.timeout(withinMs),
    })
    return response.ok
  } catch {
    return false
  }
}
