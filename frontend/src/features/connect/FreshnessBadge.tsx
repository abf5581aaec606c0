import {
  useEffect,
  useId,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import { formatAge, formatClock, formatMilliseconds, formatRate } from '../../chart/format.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Button } from '../../ui/Button.tsx'
import { classes } from '../../ui/classes.ts'
import { Pill } from '../../ui/Pill.tsx'
import { Steady } from '../../ui/Steady.tsx'
import type { Freshness } from './freshness.ts'
import { useConnectServices } from './services.ts'
import { useAge, useConnection, useFreshness, useLastHeard } from './useFreshness.ts'
import {
  clockText,
  freshnessSentence,
  freshnessTone,
  freshnessWord,
  reasonOf,
  transportText,
} from './words.ts'

export interface FreshnessBadgeProps {
  host: HostSeries | undefined
  /** The page shows the past: the badge says that, and of the present only what is wrong with it. */
  past?: boolean
  /** Opens the dialog with the address of the server. */
  onServer: () => void
  /** Leads to all there is to know of the connection; absent where that stands already. */
  more?: ReactNode
}

/** How far the page can be trusted: the state, the age of the newest sample, and on a click everything else. */
export function FreshnessBadge({ host, past = false, onServer, more }: FreshnessBadgeProps) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const detailsId = useId()
  const { freshness } = useFreshness(host)
  // Where room is short: the line below says that it is the past, the way back to the present how that does.
  const unneeded = past && isWell(freshness) && !open
  const closeWhenLeft = (event: FocusEvent) => {
    if (!root.current?.contains(event.relatedTarget)) setOpen(false)
  }
  const closeOnEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return
    event.stopPropagation()
    setOpen(false)
    root.current?.querySelector('button')?.focus()
  }
  return (
    <div
      ref={root}
      className={classes('relative', unneeded && 'max-desk:hidden')}
      onBlur={closeWhenLeft}
      onKeyDown={closeOnEscape}
    >
      <Pill
        tone={past && isWell(freshness) ? 'quiet' : freshnessTone[freshness]}
        busy={freshness === 'waiting' || freshness === 'reconnecting'}
        aria-expanded={open}
        aria-controls={detailsId}
        onClick={() => setOpen(!open)}
        title={`${past ? 'The page shows the past; the present' : 'How fresh the data is'}: ${freshnessSentence[freshness]}`}
        className={past ? 'border-dashed' : ''}
      >
        {past && <span className={isWell(freshness) ? '' : 'max-desk:sr-only'}>Past</span>}
        {(!past || !isWell(freshness)) && (
          <span className={past ? 'desk:font-normal' : ''}>{freshnessWord[freshness]}</span>
        )}
        {!past && (freshness === 'gone' ? <Since host={host} /> : <Age host={host} />)}
        {!past && freshness !== 'gone' && <Way />}
      </Pill>
      {open && <Details id={detailsId} host={host} onServer={onServer} more={more} />}
    </div>
  )
}

function isWell(freshness: Freshness): boolean {
  return freshness === 'live' || freshness === 'waiting' || freshness === 'gone'
}

/** When a host that has left was heard of last. */
function Since({ host }: { host: HostSeries | undefined }) {
  return <span className="font-normal text-mute max-tablet:sr-only">since {useLastHeard(host)}</span>
}

/** Ten times a second, and nothing but this text. */
function Age({ host }: { host: HostSeries | undefined }) {
  const age = useAge(host)
  if (Number.isNaN(age)) return null
  return (
    <span className="font-normal text-mute tablet:max-[52rem]:hidden">
      <Steady widest="0.0 s">{formatAge(age)}</Steady>
    </span>
  )
}

/** How far the server is; on the detour of an event stream that this is one. */
function Way() {
  const status = useConnection()
  const detour = transportText(status)
  return (
    <span
      className={classes(
        'hidden border-l border-line2 pl-2 font-normal text-mute',
        detour === '' ? 'wide:inline' : 'tablet:inline',
      )}
      title={detour === '' ? 'Round trip to the server' : detour}
    >
      {detour === '' ? (
        <Steady widest="0.0 ms">{formatMilliseconds(status.roundTripMs)}</Steady>
      ) : (
        'event stream'
      )}
    </span>
  )
}

function Details({ id, host, onServer, more }: Omit<FreshnessBadgeProps, 'past'> & { id: string }) {
  const status = useConnection()
  const { serverAddress } = useConnectServices()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  const rate = formatRate(status.bytesPerSecond)
  const detour = transportText(status)
  return (
    <div
      ref={box}
      id={id}
      role="group"
      aria-label="Connection"
      tabIndex={-1}
      className="absolute top-full right-0 z-30 mt-2 w-[19rem] max-w-[calc(100vw-2rem)] animate-rise rounded-xl border border-line2 bg-raised p-4 shadow-float outline-none"
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-small">
        <Row name="Newest sample">
          {host && !Number.isNaN(host.newestTime) ? formatClock(host.newestTime) : '–'}
        </Row>
        {detour === '' ? (
          <Row name="Round trip">{formatMilliseconds(status.roundTripMs)}</Row>
        ) : (
          <Row name="Way" whole>
            {detour}
          </Row>
        )}
        <Row name="Server's clock">{clockText(status)}</Row>
        <Row name="Dropped">{`${status.dropped} updates`}</Row>
        <Row name="To you">{`${rate.text} ${rate.unit}`}</Row>
        <Row name="Server">{serverAddress}</Row>
        {status.state !== 'live' && <Row name="Reason">{reasonOf(status)}</Row>}
        {status.problem !== undefined && <Row name="Problem">{status.problem}</Row>}
      </dl>
      <div className="mt-3.5 grid gap-2">
        {more}
        <Button onClick={onServer}>Another server…</Button>
      </div>
    </div>
  )
}

/** `whole`: not cut short. */
function Row({ name, whole = false, children }: { name: string; whole?: boolean; children: string }) {
  return (
    <>
      <dt className="text-mute">{name}</dt>
      <dd className={classes('text-right font-medium', !whole && 'truncate')} title={children}>
        {children}
      </dd>
    </>
  )
}
