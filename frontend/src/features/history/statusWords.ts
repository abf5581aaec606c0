/** The state of the history in plain words, each with what to do. */
import { formatBytes, formatDuration, formatInstant } from '../../chart/format.ts'
import type { HistoryStatus } from '../../api/history.ts'
import type { HistoryKnown } from './historyFacts.ts'

export interface StateWords {
  tone: 'good' | 'warn' | 'bad' | 'quiet'
  /** One or two words. */
  word: string
  /** A sentence; empty where all is as it should be. */
  meaning: string
  /** What helps; empty where nothing is to be done. */
  remedy: string
}

/** What is to be said of the history as a whole. */
export function stateWords({ kind, status }: HistoryKnown): StateWords {
  if (kind === 'off')
    return {
      tone: 'quiet',
      word: 'off',
      meaning: 'This server keeps no history: the page shows what it has seen itself.',
      remedy: 'Start it without --history off.',
    }
  if (!status)
    return kind === 'away'
      ? {
          tone: 'warn',
          word: 'unknown',
          meaning: 'The server does not say how its history does.',
          remedy: '',
        }
      : { tone: 'quiet', word: '–', meaning: '', remedy: '' }
  return recordingWords(status)
}

function recordingWords(status: HistoryStatus): StateWords {
  const because = status.message === undefined ? '' : ` (${status.message})`
  switch (status.state) {
    case 'recording':
      return { tone: 'good', word: 'recording', meaning: '', remedy: '' }
    case 'full':
      return {
        tone: 'bad',
        word: 'storage full',
        meaning: `Nothing is recorded: the disk is full${because}. Live goes on.`,
        remedy: 'Free space on it, or lower --retention-size; recording goes on by itself within seconds.',
      }
    case 'failed':
      return {
        tone: 'bad',
        word: 'failed',
        meaning: `Nothing is recorded: the history cannot be written${because}. Live goes on.`,
        remedy: 'Look at the data folder and its disk; it is tried again each second.',
      }
    case 'behind':
      return {
        tone: 'warn',
        word: 'behind',
        meaning: `Recording is slower than what comes in${because}.`,
        remedy: 'A faster disk, or --history-sync 1s, helps.',
      }
    default:
      return { tone: 'warn', word: status.state, meaning: status.message ?? '', remedy: '' }
  }
}

/** What was found damaged: counted, and that nothing of it is gone. Empty without any. */
export function damageWords(status: HistoryStatus | undefined): string {
  const count = status?.damaged.length ?? 0
  if (count === 0) return ''
  return count === 1 ? '1 file of the history was damaged' : `${count} files of the history were damaged`
}

/** `412 MiB of 1.0 GiB`. */
export function usedWords({ bytes, retentionBytes }: HistoryStatus): string {
  const used = bytesText(bytes)
  return retentionBytes > 0 ? `${used} of ${bytesText(retentionBytes)}` : used
}

/** `3 d 4 h, since 19 Nov 10:02`. */
export function reachWords({ oldest, newest }: HistoryStatus, nowMs: number): string {
  if (oldest === undefined || newest === undefined) return 'nothing yet'
  return `${formatDuration(Math.max(0, newest - oldest))}, since ${formatInstant(oldest, nowMs)}`
}

/** How far back it will reach at the rate of today: all that is wanted, or as much as fits. */
export function forecastWords(status: HistoryStatus): string {
  const { reachSeconds, retentionTime, bytesPerDay } = status
  if (reachSeconds === undefined) return `up to ${formatDuration(retentionTime)}`
  const rate = bytesPerDay === undefined ? '' : ` at ${bytesText(bytesPerDay)} a day`
  if (reachSeconds >= retentionTime) return `all ${formatDuration(retentionTime)}${rate}`
  return `${formatDuration(reachSeconds)} of ${formatDuration(retentionTime)}${rate}`
}

/** What a loss of power may cost. */
export function syncWords({ sync }: HistoryStatus): string {
  return sync > 0 ? `at most the last ${formatDuration(sync)}` : 'nothing'
}

export function bytesText(bytes: number): string {
  const { text, unit } = formatBytes(bytes)
  return `${text} ${unit}`
}
