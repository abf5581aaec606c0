import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { nginxConfig } from './places.ts'

const program = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find((path) =>
  existsSync(path),
)

export const nginxIsInstalled = program !== undefined

/** The distribution's nginx with the configuration that we ship: only the addresses are others. */
export class Nginx {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url
    this.#process = child
    this.#folder = folder
  }

  /** Starts it before a server; the site is vitals.example.org. */
  static async before(server: string): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'vitals-nginx-'))
    const port = await freePort()
    await writeFile(join(folder, 'site.conf'), await siteOf(server, port))
    await writeFile(join(folder, 'nginx.conf'), settingsOf(folder))
    const child = spawn(program!, ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const nginx = new Nginx(`http://vitals.example.org:${port}/`, child, folder)
    await nginx.#listening(port)
    return nginx
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null) {
      const exited = once(this.#process, 'exit')
      this.#process.kill('SIGTERM')
      await exited
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #listening(port: number): Promise<void> {
    let said = ''
    this.#process.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    while (!(await fetch(`http://127.0.0.1:${port}/livez`).then(Boolean, () => false))) {
      if (this.#process.exitCode !== null) throw new Error(`nginx ended:\n${said}`)
      await sleep(50)
    }
  }
}

async function siteOf(server: string, port: number): Promise<string> {
  const shipped = await readFile(nginxConfig, 'utf8')
  const adapted = shipped
    .replace('server 127.0.0.1:8080;', `server ${server};`)
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
  if (!adapted.includes(server) || !adapted.includes(String(port))) {
    throw new Error(
      `${nginxConfig} is not as expected: it has no "server 127.0.0.1:8080;" or no "listen 80;"`,
    )
  }
  return adapted
}

function settingsOf(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${folder}/${kind};`)
    .join('\n')
  const user = process.getuid?.() === 0 ? 'user root;\n' : ''
  return `${user}daemon off;
pid ${folder}/nginx.pid;
worker_processes 1;
events {}
http {
  access_log off;
${temporary}
  include ${folder}/site.conf;
}
`
}

/** nginx cannot take port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
