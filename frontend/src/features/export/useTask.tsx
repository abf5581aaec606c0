import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { Toast, ToastCorner } from '../../ui/Toast.tsx'

const troubleShownMs = 8000

/** Runs what makes a file, one at a time; says so when that fails. `trouble` is to be put anywhere. */
export function useTask(): { busy: boolean; run: (task: () => Promise<void>) => void; trouble: ReactNode } {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    if (problem === undefined) return
    const timer = setTimeout(() => setProblem(undefined), troubleShownMs)
    return () => clearTimeout(timer)
  }, [problem])
  const run = useCallback((task: () => Promise<void>) => {
    setBusy(true)
    setProblem(undefined)
    task()
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : 'not known'))
      .finally(() => setBusy(false))
  }, [])
  const trouble = problem !== undefined && (
    <ToastCorner>
      <Toast tone="warn" title="Nothing was saved">
        {problem}
      </Toast>
    </ToastCorner>
  )
  return { busy, run, trouble }
}
