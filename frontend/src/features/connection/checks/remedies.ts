/** What mends what the checks find: the lines for the proxies that people use, and for the server itself. */

export type RemedyId =
  | 'allow-host'
  | 'allow-origin'
  | 'host-header'
  | 'forwarded'
  | 'forwarded-proto'
  | 'base-path'
  | 'upgrade'
  | 'buffering'
  | 'compression'
  | 'idle'
  | 'clock'

export interface RemedyTab {
  id: 'vitals' | 'nginx' | 'caddy' | 'traefik' | 'linux'
  label: string
  lines: string
  /** What to know before taking them over. */
  note?: string
}

export interface Remedy {
  /** What to do, in a sentence. */
  says: string
  tabs: readonly RemedyTab[]
}

/** What stands in the lines: as the page knows it, so that they can be taken over as they are. */
export interface RemedyNames {
  /** The name that the browser asks for, `vitals.example.org`. */
  name: string
  /** The path below which the app lives, `/` or `/vitals/`. */
  path: string
  /** `https://app.example.org`, where the page came from. */
  origin: string
  /** The last hop before the server, as the server sees it. */
  proxy: string
}

const upstream = '127.0.0.1:8080'

const nginx = (lines: string, note?: string): RemedyTab => tab('nginx', 'nginx', lines, note)
const caddy = (lines: string, note?: string): RemedyTab => tab('caddy', 'Caddy', lines, note)
const traefik = (lines: string, note?: string): RemedyTab => tab('traefik', 'Traefik', lines, note)
const vitals = (lines: string, note?: string): RemedyTab => tab('vitals', 'Vitals', lines, note)

function tab(id: RemedyTab['id'], label: string, lines: string, note?: string): RemedyTab {
  return { id, label, lines, ...(note !== undefined && { note }) }
}

/** The remedy of that name, with the names of this page in its lines. */
export function remedyOf(id: RemedyId, names: RemedyNames): Remedy {
  return remedies[id](names)
}

const remedies: Record<RemedyId, (names: RemedyNames) => Remedy> = {
  'allow-host': ({ name }) => ({
    says: 'Tell the server the name that it goes by.',
    tabs: [vitals(`vitals serve --allow-host ${name}\n# or in its environment\nVITALS_ALLOW_HOST=${name}`)],
  }),

  'allow-origin': ({ origin }) => ({
    says: 'Let pages from here read the server.',
    tabs: [
      vitals(`vitals serve --allow-origin ${origin}\n# or in its environment\nVITALS_ALLOW_ORIGIN=${origin}`),
    ],
  }),

  'host-header': () => ({
    says: 'Have the proxy pass on the name that the browser asked for.',
    tabs: [
      nginx('proxy_set_header Host $http_host;'),
      caddy(
        `reverse_proxy ${upstream} {\n    header_up Host {http.request.hostport}\n}`,
        'Caddy does so by itself; take out a "header_up Host" of another value.',
      ),
      traefik('services:\n  vitals:\n    loadBalancer:\n      passHostHeader: true'),
    ],
  }),

  forwarded: ({ proxy }) => ({
    says: 'Tell the server which proxy it may believe; until then all viewers count as one address.',
    tabs: [vitals(`vitals serve --trusted-proxy ${cidrOf(proxy)}`), ...forwardingTabs],
  }),

  'forwarded-proto': () => ({
    says: 'Have the proxy say that the browser came by https.',
    tabs: [
      nginx('proxy_set_header X-Forwarded-Proto $scheme;'),
      caddy(`reverse_proxy ${upstream} {\n    header_up X-Forwarded-Proto {scheme}\n}`),
      traefik(
        'entryPoints:\n  websecure:\n    forwardedHeaders:\n      trustedIPs: ["10.0.0.0/8"]',
        'Traefik sets it by itself; one proxy behind another has to be trusted.',
      ),
    ],
  }),

  'base-path': ({ path }) => ({
    says: 'Take the prefix away before the request goes on; the server finds out how deep a page lies.',
    tabs: [
      nginx(
        `location ${slashed(path)} {\n    proxy_pass http://${upstream}/;\n}`,
        'The slash at the end of proxy_pass does it.',
      ),
      caddy(`handle_path ${slashed(path)}* {\n    reverse_proxy ${upstream}\n}`),
      traefik(
        `middlewares:\n  vitals-prefix:\n    stripPrefix:\n      prefixes: ["${slashed(path).slice(0, -1)}"]`,
        'Name the middleware at the router.',
      ),
    ],
  }),

  upgrade: () => ({
    says: 'Let the proxy pass the WebSocket upgrade. Until then the page uses the event stream.',
    tabs: [
      nginx(
        [
          '# beside the server block',
          'map $http_upgrade $vitals_connection {',
          '    default upgrade;',
          "    ''      '';",
          '}',
          '# where Vitals is passed on',
          'proxy_http_version 1.1;',
          'proxy_set_header Upgrade $http_upgrade;',
          'proxy_set_header Connection $vitals_connection;',
        ].join('\n'),
      ),
      caddy(
        `reverse_proxy ${upstream}`,
        'Caddy passes upgrades by itself: look for a "header_up -Connection" or "-Upgrade", or for another proxy before it.',
      ),
      traefik(
        `services:\n  vitals:\n    loadBalancer:\n      servers:\n        - url: "http://${upstream}"`,
        'Traefik passes upgrades by itself: look for a headers middleware that sets Connection, or for another proxy before it.',
      ),
    ],
  }),

  buffering: () => ({
    says: 'Have the proxy pass on each piece as it comes.',
    tabs: [
      nginx(
        'proxy_buffering off;\nproxy_cache off;\nproxy_http_version 1.1;',
        'The server asks for it by X-Accel-Buffering; a "proxy_ignore_headers" line would overrule that.',
      ),
      caddy(`reverse_proxy ${upstream} {\n    flush_interval -1\n}`),
      traefik(
        'services:\n  vitals:\n    loadBalancer:\n      responseForwarding:\n        flushInterval: "-1"',
        'And keep the buffering middleware off this router.',
      ),
    ],
  }),

  compression: ({ path }) => ({
    says: 'Leave the event stream uncompressed: compressors wait for more before they let go of anything.',
    tabs: [
      nginx(`location ${slashed(path)}events {\n    gzip off;\n    proxy_pass http://${upstream}/events;\n}`),
      caddy(`@still not path ${slashed(path)}events\nencode @still zstd gzip`),
      traefik('middlewares:\n  compress:\n    compress:\n      excludedContentTypes: ["text/event-stream"]'),
    ],
  }),

  idle: () => ({
    says: 'Let quiet connections stand for longer than the 15 seconds between two heartbeats.',
    tabs: [
      nginx('proxy_read_timeout 75s;\nproxy_send_timeout 75s;'),
      caddy(
        `reverse_proxy ${upstream} {\n    transport http {\n        read_timeout 0\n    }\n    stream_timeout 0\n}`,
      ),
      traefik(
        'entryPoints:\n  websecure:\n    transport:\n      respondingTimeouts:\n        readTimeout: 0\n        idleTimeout: 180s',
      ),
    ],
  }),

  clock: () => ({
    says: 'Set the clock of whichever machine is wrong by the network. Ages on the page are right all the same.',
    tabs: [tab('linux', 'Linux', 'timedatectl set-ntp true\ntimedatectl status')],
  }),
}

const forwardingTabs: readonly RemedyTab[] = [
  nginx('proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;'),
  caddy(`reverse_proxy ${upstream}`, 'Caddy adds X-Forwarded-For by itself.'),
  traefik(
    'entryPoints:\n  websecure:\n    forwardedHeaders:\n      trustedIPs: ["10.0.0.0/8"]',
    'Traefik adds X-Forwarded-For by itself; only what comes before it has to be trusted.',
  ),
]

function slashed(path: string): string {
  return path.endsWith('/') ? path : `${path}/`
}

/** One address as a network: what --trusted-proxy takes. */
function cidrOf(address: string): string {
  if (address === '') return '127.0.0.1/32'
  return `${address}/${address.includes(':') ? 128 : 32}`
}
