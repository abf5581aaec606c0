import { Monitor, Network, Server, Shield, type LucideIcon } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { formatMilliseconds } from '../../chart/format.ts'
import { classes } from '../../ui/classes.ts'
import { addressWords } from './facts.ts'
import { linkOf, reasonWords } from './link.ts'
import { useConnectionServices, useKnownHosts, useReading, useStatus, useSteps } from './services.ts'
import { paceWords } from './words.ts'

/** The way of the values from the machines to this page, with what is known of each stretch of it. */
export function SignalPath() {
  const { journal, server, checks } = useConnectionServices()
  const status = useStatus()
  const hosts = useKnownHosts()
  useSteps()
  const { hello } = journal
  const live = status.state === 'live'
  const link = linkOf(status)
  const proxy = checks.seen.answer?.forwardedFor ? checks.seen.answer : undefined
  return (
    <section aria-label="The way of the values" className="col-span-full">
      <ol className="flex flex-col tablet:flex-row tablet:items-start">
        <Station icon={Network} title={countWords(hosts.filter((one) => one.presence !== 'gone').length)}>
          {silentWords(hosts.filter((one) => one.presence === 'silent').length)}
        </Station>
        <Stretch whole={hello !== undefined} label={hello ? paceWords(hello.interval) : ' '} />
        <Station icon={Server} title={status.serverVersion ? `Vitals ${status.serverVersion}` : 'Vitals'}>
          {addressWords(server.base)}
        </Station>
        {proxy && (
          <>
            <Stretch whole={live} label={checks.seen.answer?.protocol ?? ''} />
            <Station icon={Shield} title="Proxy">
              {proxy.trustedProxy ? 'trusted' : proxy.address}
            </Station>
          </>
        )}
        <Stretch
          whole={live}
          label={live ? `${link.transport} · ${link.format}` : reasonWords(status)}
          below={
            live && status.roundTripMs !== undefined ? formatMilliseconds(status.roundTripMs) : undefined
          }
          moving
        />
        <Station icon={Monitor} title="This page" last>
          {location.host}
        </Station>
      </ol>
    </section>
  )
}

function countWords(hosts: number): string {
  if (hosts === 0) return 'Machines'
  return hosts === 1 ? '1 machine' : `${hosts} machines`
}

function silentWords(silent: number): string {
  return silent === 0 ? 'all of them live' : `${silent} silent`
}

interface StationProps {
  icon: LucideIcon
  title: string
  children: ReactNode
  last?: boolean
}

function Station({ icon: Icon, title, children, last = false }: StationProps) {
  return (
    <li className="flex min-w-0 shrink-0 items-center gap-3 tablet:max-w-[16rem]">
      <span
        className={classes(
          'grid size-12 shrink-0 place-items-center rounded-2xl border bg-rail text-soft',
          last ? 'border-accent text-accent' : 'border-line2',
        )}
      >
        <Icon aria-hidden="true" className="size-5" strokeWidth={1.7} />
      </span>
      <span className="min-w-0">
        <b className="block truncate text-title font-semibold tracking-[-0.01em]">{title}</b>
        <span className="block truncate text-small text-mute">{children}</span>
      </span>
    </li>
  )
}

interface StretchProps {
  /** Values can pass. */
  whole: boolean
  label: string
  below?: string | undefined
  /** A light runs along it with every update. */
  moving?: boolean
}

function Stretch({ whole, label, below, moving }: StretchProps) {
  return (
    <li className="relative ml-6 flex min-h-12 flex-1 items-center border-l border-line2 py-2 pl-9 text-small text-mute tablet:mx-5 tablet:ml-5 tablet:h-12 tablet:flex-col tablet:justify-center tablet:border-l-0 tablet:p-0">
      <span className="truncate tablet:absolute tablet:inset-x-0 tablet:top-0 tablet:text-center">
        {label}
      </span>
      <Fragment>
        <span
          aria-hidden="true"
          className={classes(
            'hidden w-full border-t tablet:block',
            whole ? 'border-line2' : 'border-dashed border-crit',
          )}
        />
        {moving && whole && <Light />}
      </Fragment>
      {below !== undefined && (
        <span className="ml-2 tablet:absolute tablet:inset-x-0 tablet:bottom-0 tablet:ml-0 tablet:text-center">
          {below}
        </span>
      )}
    </li>
  )
}

/** Made anew for each update: so it starts anew. */
function Light() {
  const total = useReading((journal) => journal.total)
  return (
    <i
      key={total}
      aria-hidden="true"
      className="absolute top-1/2 hidden h-0.5 w-8 -translate-y-1/2 animate-pass rounded-full bg-accent tablet:block"
    />
  )
}
