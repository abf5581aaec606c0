import { expect, it } from 'vitest'
import { fail, pass } from './checks/check.ts'
import { allChecks } from './checks/checkRun.ts'
import { remedyOf, type RemedyId } from './checks/remedies.ts'
import { Journal } from './journal.ts'
import { reportText, type ReportSource } from './report.ts'

const names = { name: 'vitals.example', path: '/vitals/', origin: 'https://app.example', proxy: '10.0.0.2' }
const [server, , , websocket] = allChecks

const source: ReportSource = {
  status: {
    state: 'live',
    since: 0,
    attempt: 0,
    transport: 'events',
    transportSince: 0,
    transportReason: 'WebSockets are blocked on the way to the server',
    format: 'json',
    bytesPerSecond: 1200,
    dropped: 3,
    appChanged: false,
  },
  journal: new Journal({ apply: () => undefined, position: () => undefined, own: undefined }),
  server: { base: new URL('https://vitals.example/vitals/'), socketUrl: '', servedPage: true },
  hosts: [],
  steps: [
    { check: server!, state: 'done', finding: pass('answers in 3 ms') },
    { check: websocket!, state: 'done', finding: fail('refused', 'upgrade') },
  ],
  names,
  page: 'https://vitals.example/vitals/connection',
  agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36',
  nowMs: Date.UTC(2026, 10, 22, 12, 0, 0),
}

it('is plain text that says what was found and what mends it', () => {
  const text = reportText(source)
  expect(text).toContain('Vitals connection report, 2026-11-22 12:00:00 UTC')
  expect(text).toMatch(/Browser +Chromium 140 on Linux/)
  expect(text).toMatch(/Transport +event stream\nBecause +WebSockets are blocked/)
  expect(text).toContain('ok    Server: answers in 3 ms')
  expect(text).toContain('FAIL  WebSocket: refused')
  expect(text).toContain('proxy_set_header Upgrade $http_upgrade;')
})

const all: RemedyId[] = [
  'allow-host',
  'allow-origin',
  'host-header',
  'forwarded',
  'forwarded-proto',
  'base-path',
]
all.push('upgrade', 'buffering', 'compression', 'idle', 'clock')

it.each(all)('the lines of %s are whole', (id) => {
  const { says, tabs } = remedyOf(id, names)
  expect(says).toMatch(/\.$/)
  expect(tabs.length).toBeGreaterThan(0)
  for (const { lines } of tabs) expect(lines).not.toMatch(/undefined|\n$/)
})

it('names in lines are those of the page', () => {
  const lines = (id: RemedyId) =>
    remedyOf(id, names)
      .tabs.map((tab) => tab.lines)
      .join('\n')
  expect(lines('allow-host')).toContain('--allow-host vitals.example')
  expect(lines('allow-origin')).toContain('--allow-origin https://app.example')
  expect(lines('forwarded')).toContain('--trusted-proxy 10.0.0.2/32')
  expect(lines('base-path')).toContain('location /vitals/ {')
})
