import type { Subscribe } from '../wire/types.gen.ts'

/** What a tab says to the worker that keeps the one stream of a browser. */
export type TabMessage =
  | { type: 'open'; url: string; wish: Subscribe }
  | { type: 'want'; wish: Subscribe }
  /** The tab is there: the answer to 'there'. */
  | { type: 'here' }
  | { type: 'bye' }

/** What the worker says to a tab. */
export type WorkerMessage =
  | { type: 'opened' }
  | { type: 'frame'; data: string }
  /** Is anybody there? */
  | { type: 'there' }
  | { type: 'closed'; code: number; reason: string; retryAfterMs: number | undefined }

/** One end of a channel; the browser's MessagePort through portOf(). */
export interface Port<Sent, Received> {
  post(message: Sent): void
  listen(listener: (message: Received) => void): void
  close(): void
}

export type TabPort = Port<TabMessage, WorkerMessage>
export type WorkerPort = Port<WorkerMessage, TabMessage>

/** Both ends are of one build (the script's name is made of its content), so what comes is what the type says. */
export function portOf<Sent, Received>(port: MessagePort): Port<Sent, Received> {
  return {
    post: (message) => port.postMessage(message),
    listen: (listener) => {
      port.onmessage = ({ data }: MessageEvent<Received>) => listener(data)
    },
    close: () => port.close(),
  }
}
