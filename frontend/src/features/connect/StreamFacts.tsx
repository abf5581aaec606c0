import { formatRate } from '../../chart/format.ts'
import { useConnection } from './useFreshness.ts'
import { clockText } from './words.ts'

/** What the connection costs and how well it does, for the foot of the page. */
export function StreamFacts() {
  const status = useConnection()
  const { bytesPerSecond, dropped } = status
  const rate = formatRate(bytesPerSecond)
  return (
    <>
      {`${rate.text} ${rate.unit} to you · `}
      <span className={dropped > 0 ? 'text-warn' : ''}>{`${dropped} dropped`}</span>
      {` · clock ${clockText(status)}`}
    </>
  )
}

/** The version of the server, at the right where there is room. */
export function VersionFact() {
  const { serverVersion } = useConnection()
  if (serverVersion === undefined) return null
  return <span className="tablet:ml-auto">{versionText(serverVersion)}</span>
}

function versionText(version: string): string {
  return version.startsWith('v') || !/^\d/.test(version) ? version : `v${version}`
}
