import type { ReactNode } from 'react'
import {
  formatAge,
  formatClock,
  formatMilliseconds,
  formatOffset,
  formatRate,
  noValue,
} from '../../chart/format.ts'
import type { ConnectionStatus } from '../../transport/connectionStatus.ts'
import { Steady } from '../../ui/Steady.tsx'
import { Tile } from '../../ui/Tile.tsx'
import { medianDelay } from './figures.ts'
import type { Journal } from './journal.ts'
import { useAge, useConnectionServices, useReading } from './services.ts'
import { Trace } from './Trace.tsx'

/** The figures that move: how far the server is, how old what is shown, how much comes, and what is missing. */
export function ConnectionTiles() {
  return (
    <div className="col-span-full overflow-x-clip border-b border-line pb-[1.125rem]">
      <div className="-mr-4 -ml-[calc(1rem+1px)] grid grid-cols-2 gap-y-[1.125rem] tablet:-mr-5 tablet:-ml-[calc(1.25rem+1px)] tablet:grid-cols-3 desk:grid-cols-6">
        <RoundTripTile />
        <DelayTile />
        <AgeTile />
        <RateTile />
        <ClockTile />
        <MissingTile />
      </div>
    </div>
  )
}

/** `24 ms` as a large figure and its unit. */
function Split({
  text,
  children,
}: {
  text: string
  children: (figure: ReactNode, unit: string) => ReactNode
}) {
  const [figure = '', ...unit] = text.split(' ')
  return children(figure === noValue ? <span className="text-mute">{figure}</span> : figure, unit.join(' '))
}

function RoundTripTile() {
  const text = useReading((_, status) => formatMilliseconds(status.roundTripMs))
  const least = useReading(leastWords)
  return (
    <Split text={text}>
      {(figure, unit) => (
        <Tile title="Round trip" aside={least} figure={figure} unit={unit}>
          <JournalTrace className="text-c1" read={({ pings }) => pings.map((ping) => ping.roundTripMs)} />
        </Tile>
      )}
    </Split>
  )
}

/** On an event stream only the server speaks: there is nothing to time. */
function leastWords({ pings }: Journal, { transport }: ConnectionStatus): string {
  if (transport === 'events') return 'not on events'
  return pings.length === 0
    ? ''
    : `least ${formatMilliseconds(Math.min(...pings.map((ping) => ping.roundTripMs)))}`
}

function DelayTile() {
  const text = useReading((journal) => formatMilliseconds(medianDelay(journal)))
  return (
    <Split text={text}>
      {(figure, unit) => (
        <Tile title="Arrival" aside="median" figure={figure} unit={unit}>
          <JournalTrace className="text-c2" read={({ arrivals }) => arrivals.map((one) => one.delayMs)} />
        </Tile>
      )}
    </Split>
  )
}

/** The small picture: the time from one update to the next. */
function AgeTile() {
  const age = useAge()
  const at = useReading((journal) => formatClock(journal.newestTime))
  return (
    <Split text={formatAge(age)}>
      {(figure, unit) => (
        <Tile title="Newest value" aside={`of ${at}`} figure={figure} unit={unit === '' ? '' : `${unit} old`}>
          <JournalTrace
            className="text-c6"
            read={({ arrivals }) => stepsOf(arrivals.map(({ atMs }) => atMs))}
          />
        </Tile>
      )}
    </Split>
  )
}

function RateTile() {
  const text = useReading((_, status) => {
    const { text: figure, unit } = formatRate(status.bytesPerSecond)
    return `${figure} ${unit}`
  })
  const frames = useReading((journal) => journal.framesPerSecond().toFixed(1))
  return (
    <Split text={text}>
      {(figure, unit) => (
        <Tile
          title="To you"
          aside={<Steady widest="00.0 frames/s">{`${frames} frames/s`}</Steady>}
          figure={figure}
          unit={unit}
        >
          <JournalTrace className="text-c3" read={({ pings }) => pings.map((ping) => ping.bytesPerSecond)} />
        </Tile>
      )}
    </Split>
  )
}

function ClockTile() {
  const text = useReading((_, { clockOffsetMs }) => formatOffset(clockOffsetMs))
  return (
    <Split text={text}>
      {(figure, unit) => (
        <Tile title="Clock" aside="server to you" figure={figure} unit={unit}>
          <JournalTrace
            className="text-c4"
            read={({ pings }) => aroundZero(pings.map((one) => one.clockOffsetMs))}
          />
        </Tile>
      )}
    </Split>
  )
}

/** The small picture: a line for every update of the last minutes, broken where some are missing. */
function MissingTile() {
  const dropped = useReading((_, status) => status.dropped)
  const gaps = useReading((journal) => journal.gaps.length)
  const reconnects = useReading((journal) => journal.reconnects)
  return (
    <Tile
      title="Dropped"
      aside={reconnects === 1 ? '1 reconnect' : `${reconnects} reconnects`}
      figure={<span className={dropped > 0 ? 'text-warn' : ''}>{dropped}</span>}
      unit={gaps === 1 ? 'in 1 gap' : `in ${gaps} gaps`}
    >
      <JournalTrace
        className={gaps > 0 ? 'text-warn' : 'text-c6'}
        read={({ arrivals }) => arrivals.map((one) => (one.afterGap ? 1 : 0))}
      />
    </Tile>
  )
}

function stepsOf(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? time))
}

/** A trace begins at zero: what goes both ways is moved up, so that no difference lies in the middle. */
function aroundZero(values: readonly number[]): number[] {
  const reach = Math.max(20, ...values.map(Math.abs))
  return values.map((value) => value + reach)
}

/** Reads the journal anew with each update and each ping. */
function JournalTrace(props: { className: string; read: (journal: Journal) => number[] }) {
  const { journal } = useConnectionServices()
  useReading(({ total, pings }) => `${total} ${pings.length}`)
  return <Trace values={props.read(journal)} className={props.className} />
}
