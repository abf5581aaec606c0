import { describe, expect, it } from 'vitest'
import { contextOf, fakePlace, json, usualAnswer, type Answers } from '../testing/fakePlace.ts'
import type { CheckContext, CheckPlace } from './check.ts'
import { baseCheck, clockCheck, namesCheck, serverCheck } from './requestChecks.ts'

const connection = 'api/v1/connection'
const refusal = (field: string) =>
  json({ error: { code: 'forbidden', field, message: `not this ${field}` } }, 403)

async function asked(answers: Answers, more: Partial<CheckPlace> = {}): Promise<CheckContext> {
  const context = contextOf(fakePlace(answers, more))
  await serverCheck.run(context)
  return context
}

describe('the check of the server', () => {
  it.each<[string, Answers, string, RegExp, string | undefined]>([
    [
      'an answer',
      { [connection]: () => json(usualAnswer) },
      'pass',
      /over HTTP\/2, HTTP\/1.1 behind the proxy/,
      undefined,
    ],
    ['no answer', {}, 'fail', /no answer/, undefined],
    ['an unknown name', { [connection]: () => refusal('Host') }, 'fail', /not this Host/, 'allow-host'],
    ['a foreign page', { [connection]: () => refusal('Origin') }, 'fail', /not this Origin/, 'allow-origin'],
    [
      'a login page',
      { [connection]: () => new Response('<html>', { status: 200 }) },
      'fail',
      /something else/,
      'base-path',
    ],
    ['a gateway', { [connection]: () => new Response('bad', { status: 502 }) }, 'fail', /502/, 'base-path'],
  ])('%s', async (_, answers, verdict, says, remedy) => {
    const finding = await serverCheck.run(contextOf(fakePlace(answers)))
    expect(finding.verdict).toBe(verdict)
    expect(finding.says).toMatch(says)
    expect(finding.remedy).toBe(remedy)
  })

  it('of another origin may be one that does not allow the page', async () => {
    const finding = await serverCheck.run(contextOf(fakePlace({}, { servedPage: false })))
    expect(finding.remedy).toBe('allow-origin')
  })
})

describe('the check of names', () => {
  it.each([
    ['as they are', {}, 'pass', undefined],
    ['another name', { host: '127.0.0.1:8080' }, 'warn', 'host-header'],
    ['the port that the scheme implies', { host: 'vitals.example:443' }, 'pass', undefined],
    ['https that nobody told of', { secure: false }, 'warn', 'forwarded-proto'],
    ['a proxy that is not trusted', { forwardedFor: '198.51.100.7' }, 'warn', 'forwarded'],
    ['a proxy that is trusted', { forwardedFor: '198.51.100.7', trustedProxy: true }, 'pass', undefined],
  ])('%s', async (_, change, verdict, remedy) => {
    const context = await asked({ [connection]: () => json({ ...usualAnswer, ...change }) })
    expect(await namesCheck.run(context)).toMatchObject({ verdict, ...(remedy && { remedy }) })
  })

  it('is left out when there was no answer', async () => {
    expect((await namesCheck.run(await asked({}))).verdict).toBe('skip')
  })
})

describe('the check of the base path', () => {
  const page = (href: string) => () => new Response(`<html><head><base href="${href}"></head></html>`)

  it.each([
    ['../../', 'pass'],
    ['../', 'fail'],
    ['/elsewhere/', 'fail'],
  ])('a deep page with the base %s: %s', async (href, verdict) => {
    const answers = { [connection]: () => json(usualAnswer), 'hosts/-/deep': page(href) }
    const base = new URL('https://vitals.example/vitals/')
    expect((await baseCheck.run(await asked(answers, { base }))).verdict).toBe(verdict)
  })

  it('is left out for an app that lives elsewhere', async () => {
    const context = await asked({ [connection]: () => json(usualAnswer) }, { servedPage: false })
    expect((await baseCheck.run(context)).verdict).toBe('skip')
  })
})

describe('the check of clocks', () => {
  it.each([
    [3, 'pass', '+3 ms'],
    [-4000, 'warn', '−4.0 s'],
  ])('%d ms apart: %s', async (offset, verdict, says) => {
    const context = await asked({ [connection]: () => json(usualAnswer) }, { clockOffsetMs: () => offset })
    const finding = await clockCheck.run(context)
    expect(finding.verdict).toBe(verdict)
    expect(finding.says).toContain(says)
  })
})
