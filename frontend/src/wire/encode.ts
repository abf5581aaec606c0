import type { ClientFrame } from './frames.ts'

/** The text of a client frame as it goes over the socket. */
export function encodeFrame(frame: ClientFrame): string {
  return JSON.stringify(frame)
}
