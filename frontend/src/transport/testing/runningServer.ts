import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const chosen = process.env['VITALS_BINARY']
const binary = chosen ?? fileURLToPath(new URL('../../../../bin/vitals', import.meta.url))
const required = chosen !== undefined || process.env['CI'] !== undefined

/**
 * Whether there is a server to test against. Where one must be (in CI, or when VITALS_BINARY names one) its absence is
 * an error and not a reason to skip.
 */
export function serverIsBuilt(): boolean {
  if (existsSync(binary)) return true
  if (required) throw new Error(`${binary} does not exist: build the server first (make build)`)
  console.warn(`skipped: ${binary} does not exist; build the server (make build) to run these tests`)
  return false
}

/** The real program, serving simulated hosts ten times a second. */
export class RunningServer {
  readonly address: URL
  readonly #process: ChildProcess

  private constructor(address: URL, child: ChildProcess) {
    this.address = address
    this.#process = child
  }

  /** Starts on that port, any free one by default; resolves when it serves. */
  static async start(port = '0', ...settings: string[]): Promise<RunningServer> {
    const listen = `127.0.0.1:${port}`
    const fixed = ['--source', 'simulate', '--static', 'none', '--interval', '100ms', '--history', 'off']
    const child = spawn(binary, ['serve', '--listen', listen, ...fixed, ...settings], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new RunningServer(await addressOf(child), child)
  }

  get webSocketUrl(): string {
    return `ws://${this.address.host}/ws`
  }

  /** Ends the program and gives its exit code, null if it was killed. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<number | null> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.#process.exitCode
    const exited = once(this.#process, 'exit')
    this.#process.kill(signal)
    await exited
    return this.#process.exitCode
  }
}

function addressOf(child: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(output)
      if (address !== null) resolve(new URL(address[0]))
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code} before it served:\n${output}`)),
    )
  })
}
