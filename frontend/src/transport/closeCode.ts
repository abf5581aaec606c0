/**
 * Close codes after which the same client would fail again: a violation of the protocol (1002, 1003, 1007 to 1010),
 * and the range in which Vitals says "do not come back" (4500 to 4999). After all others it may come back.
 */
export function isTerminal(code: number): boolean {
  return [1002, 1003, 1007, 1008, 1009, 1010].includes(code) || (code >= 4500 && code <= 4999)
}
