/** The program that benches of the past ask: ../bin/vitals, or VITALS_BINARY, with 25 invented hours of one host. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const binary = process.env['VITALS_BINARY'] ?? fileURLToPath(new URL('../../bin/vitals', import.meta.url))

/** Resolves with its address once it serves; `end` stops it and removes what it kept. */
export async function serveThePast() {
  const folder = await mkdtemp(join(tmpdir(), 'vitals-bench-'))
  const settings = [
    '--source',
    'simulate',
    '--simulate-hosts',
    '1',
    '--simulate-past',
    '25h',
    '--data',
    folder,
  ]
  const program = spawn(binary, ['serve', '--listen', '127.0.0.1:0', ...settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(program, 'exit')
  const end = async () => {
    program.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  for await (const line of createInterface({ input: program.stdout })) {
    const address = /http:\/\/\S+/.exec(line)?.[0]
    if (address !== undefined) return { address, end }
  }
  await end()
  throw new Error(`${binary} ended`)
}
