import { Suspense, useMemo } from 'react'
import { noValue } from '../../chart/format.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Tile } from '../../ui/Tile.tsx'
import { useSeries } from './columns.ts'
import { Awaited, TextReadout } from './Readout.tsx'
import { SparkCanvas } from './SparkCanvas.tsx'
import { useReadout } from './reading.ts'
import { tilesOf, type TileModel } from './tiles.ts'

/** The row of large figures. Its height is the same with and without data. */
export function Tiles({ host }: { host: HostSeries | undefined }) {
  const series = useSeries(host)
  const tiles = useMemo(() => tilesOf(series, host?.host), [series, host])
  return (
    <div className="col-span-full overflow-x-clip border-b border-line pb-[1.125rem]">
      <div className="-mr-4 -ml-[calc(1rem+1px)] grid grid-cols-2 gap-y-[1.125rem] min-[34rem]:grid-cols-3 tablet:-mr-5 tablet:-ml-[calc(1.25rem+1px)] desk:grid-cols-6">
        {tiles.map((tile) => (
          <Tile
            key={tile.id}
            title={tile.title}
            aside={<TextReadout read={tile.aside} without="" />}
            figure={<FigureText read={tile.figure} />}
            unit={<TextReadout read={tile.unit} without="" />}
          >
            <Suspense>
              {host && (
                <SparkCanvas host={host} metrics={tile.metrics} color={tile.color} ceiling={tile.ceiling} />
              )}
            </Suspense>
          </Tile>
        ))}
      </div>
    </div>
  )
}

/** The number of a tile; a dash in its place stands back, and so does the place of one that is on its way. */
function FigureText({ read }: { read: TileModel['figure'] }) {
  const text = useReadout(read, noValue)
  const loading = useReadout((reader) => reader.loading === true, false)
  if (text !== noValue) return <span>{text}</span>
  if (!loading) return <span className="text-mute">{text}</span>
  return (
    <span>
      {/* Without width, it keeps the height of the line. */}
      {'\u200b'}
      <Awaited className="h-3 w-14" />
    </span>
  )
}
