import { formatRate } from '../../chart/format.ts'
import { useConnection } from './useFreshness.ts'
import { clockText } from './words.ts'

/** What the connection costs and how well it does, for the foot of the page. */
export function StreamFacts() {
  const status = useConnection()
  const { bytesPerSecond, dropped, serverVersion } = status
  const rate = formatRate(bytesPerSecond)
  return (
    <>
      <span>{`${rate.text} ${rate.unit} to you`}</span>
      <span
        className={dropped > 0 ? 'text-warn' : ''}
      >{`${dropped} dropped · clock ${clockText(status)}`}</span>
      {serverVersion !== undefined && <span className="tablet:ml-auto">{versionText(serverVersion)}</span>}
    </>
  )
}

function versionText(version: string): string {
  return version.startsWith('v') || !/^\d/.test(version) ? version : `v${version}`
}
