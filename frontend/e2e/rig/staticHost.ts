import { readFile, stat } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const kinds: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

/** A host that knows nothing of Vitals: files under a path, and 404.html for what is not there, as GitHub Pages does. */
export class StaticHost {
  readonly #server: Server
  readonly #path: string

  private constructor(folder: string, path: string) {
    this.#path = path
    this.#server = createServer((asked, answer) => {
      void fileOf(folder, path, asked.url ?? '/').then(({ status, file }) => {
        answer.writeHead(status, { 'Content-Type': kinds[extname(file)] ?? 'application/octet-stream' })
        void readFile(file).then((content) => answer.end(content))
      })
    })
  }

  static async of(folder: string, path: string): Promise<StaticHost> {
    const host = new StaticHost(folder, path)
    host.#server.listen(0, '127.0.0.1')
    await once(host.#server, 'listening')
    return host
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return `${this.origin}${this.#path}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

async function fileOf(
  folder: string,
  path: string,
  asked: string,
): Promise<{ status: number; file: string }> {
  const { pathname } = new URL(asked, 'http://any')
  const inside = pathname.startsWith(path) ? normalize(pathname.slice(path.length)) : '..'
  const file = join(folder, inside === '.' || inside === '' ? 'index.html' : inside)
  const found = !inside.startsWith('..') && (await stat(file).catch(() => undefined))?.isFile()
  return found ? { status: 200, file } : { status: 404, file: join(folder, '404.html') }
}
