import { formatRate } from '../../chart/format.ts'
import { useConnection } from './useFreshness.ts'
import { formatOffset } from './words.ts'

/** What the connection costs and how well it does, for the foot of the page. */
export function StreamFacts() {
  const { bytesPerSecond, dropped, clockOffsetMs, serverVersion } = useConnection()
  const rate = formatRate(bytesPerSecond)
  return (
    <>
      <span>{`${rate.text} ${rate.unit} to you`}</span>
      <span
        className={dropped > 0 ? 'text-warn' : ''}
      >{`${dropped} dropped · clock ${formatOffset(clockOffsetMs)}`}</span>
      {serverVersion !== undefined && <span className="tablet:ml-auto">{versionText(serverVersion)}</span>}
    </>
  )
}

function versionText(version: string): string {
  return version.startsWith('v') || !/^\d/.test(version) ? version : `v${version}`
}
