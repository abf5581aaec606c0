import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary } from './places.ts'

/** The real program on a port of its own. */
export class VitalsServer {
  /** Where the app is, ending in a slash. */
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string | undefined

  private constructor(url: string, child: ChildProcess, folder: string | undefined) {
    this.url = url
    this.#process = child
    this.#folder = folder
  }

  /**
   * Starts with these settings, on any free port and with a data folder that goes with it, unless they name one; resolves
   * when it serves.
   */
  static async start(...settings: string[]): Promise<VitalsServer> {
    const listen = settings.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
    const folder = settings.includes('--data') ? undefined : await mkdtemp(join(tmpdir(), 'vitals-story-'))
    const data = folder === undefined ? [] : ['--data', folder]
    const child = spawn(binary, ['serve', ...listen, ...data, '--log-format', 'json', ...settings], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new VitalsServer(await announcedAddress(child), child, folder)
  }

  /** 127.0.0.1:1234 */
  get address(): string {
    return new URL(this.url).host
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** Ends the program; without a signal as a power cut would. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit')
      this.#process.kill(signal)
      await exited
    }
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
  }
}

function announcedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const address = /http:\/\/\S+/.exec(output)
      if (address !== null) resolve(address[0])
    })
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`vitals ended with ${code} before it served:\n${output}`)))
  })
}
