import { formatDuration } from '../../chart/format.ts'
import { stateWords, usedWords } from './statusWords.ts'
import { useHistoryKnown } from './useShown.ts'

/** How the history does, in a few words for the foot of the page. */
export function HistoryFact() {
  const known = useHistoryKnown()
  const { tone, word } = stateWords(known)
  const { status } = known
  if (known.kind === 'asking') return null
  if (!status) return <>{`history ${word}`}</>
  const reach =
    status.oldest === undefined || status.newest === undefined
      ? ''
      : ` · ${formatDuration(Math.max(0, status.newest - status.oldest))} kept`
  return (
    <>
      history <span className={tone === 'good' ? '' : 'text-warn'}>{word}</span>
      {`${reach} · ${usedWords(status)}`}
    </>
  )
}
