import { useEffect, useState } from 'react'
import { copyText } from './copyText'

export type CopyOutcome = 'copied' | 'refused' | undefined

const shownForMs = 2000

/** Copies a text and tells for two seconds how that went. */
export function useCopy(): { outcome: CopyOutcome; copy: (text: string) => void } {
  const [outcome, setOutcome] = useState<CopyOutcome>()
  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), shownForMs)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = (text: string) => {
    void copyText(text).then((done) => setOutcome(done ? 'copied' : 'refused'))
  }
  return { outcome, copy }
}
