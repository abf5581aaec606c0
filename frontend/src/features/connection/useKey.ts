import { useEffect, useEffectEvent } from 'react'
import { pageKeyOf } from '../../ui/pageKey.ts'

/** Obeys a key for as long as whoever asks for it stands. */
export function useKey(key: string, obey: () => void): void {
  const onKey = useEffectEvent(obey)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (pageKeyOf(event) !== key) return
      event.preventDefault()
      onKey()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [key])
}
