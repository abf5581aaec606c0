import { Meter, type MeterTone } from '../../ui/Meter.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { classes } from '../../ui/classes.ts'
import { readFilesystem, type FilesystemState } from './filesystems.ts'
import { MomentLabel } from './MomentReadout.tsx'
import type { FilesystemModel, FilesystemsPanel } from './panels/model.ts'
import { useReadout } from './reading.ts'

const meterTone: Record<FilesystemState, MeterTone> = {
  normal: 'normal',
  warning: 'warn',
  critical: 'bad',
  silent: 'none',
}

const textTone: Record<FilesystemState, string> = {
  normal: 'text-soft',
  warning: 'text-warn',
  critical: 'text-crit',
  silent: 'text-warn',
}

/** How full each file system is, as bars. */
export function FilesystemsPanelView({ panel, className }: { panel: FilesystemsPanel; className: string }) {
  const wide = panel.filesystems.length > 5
  return (
    <Panel title={panel.title} aside={<FullestReadout panel={panel} />} className={className}>
      <div className={classes('grid gap-x-10 gap-y-3 pt-1', wide && 'desk:in-[.span-wide]:grid-cols-2')}>
        {panel.filesystems.map((filesystem) => (
          <FilesystemRow key={filesystem.mount} filesystem={filesystem} />
        ))}
      </div>
    </Panel>
  )
}

function FullestReadout({ panel }: { panel: FilesystemsPanel }) {
  const text = useReadout((reader) => {
    const readings = panel.filesystems.map((filesystem) => readFilesystem(filesystem, reader))
    const fullest = Math.max(...readings.map((reading) => reading.percent ?? 0))
    return fullest > 0 ? fullest.toFixed(1) : ''
  }, '')
  if (text === '') return null
  return (
    <>
      <MomentLabel />
      fullest <b className="font-semibold text-text">{text}</b> %
    </>
  )
}

function FilesystemRow({ filesystem }: { filesystem: FilesystemModel }) {
  const state = useReadout((reader) => readFilesystem(filesystem, reader).state, 'normal')
  const percent = useReadout((reader) => readFilesystem(filesystem, reader).percent, undefined)
  const text = useReadout((reader) => readFilesystem(filesystem, reader).text, '')
  return (
    <div className="grid grid-cols-[7rem_1fr_auto] items-center gap-3 text-small">
      <Mount path={filesystem.mount} />
      <Meter label={`${filesystem.mount} in use`} percent={percent} tone={meterTone[state]} />
      <span className={classes('min-w-[7.4rem] text-right whitespace-nowrap', textTone[state])}>
        {state === 'critical' && <span className="sr-only">nearly full: </span>}
        {state === 'warning' && <span className="sr-only">getting full: </span>}
        {text}
      </span>
    </div>
  )
}

/** The end of a path tells more than its beginning: what does not fit is cut off at the left. */
function Mount({ path }: { path: string }) {
  return (
    <span dir="rtl" className="truncate text-left" title={path}>
      <bdi dir="ltr">{path}</bdi>
    </span>
  )
}
