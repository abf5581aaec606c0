import { describe, expect, it } from 'vitest'
import { fakePlace } from '../testing/fakePlace.ts'
import { pass, pause, type Check } from './check.ts'
import { CheckRun, tallyOf } from './checkRun.ts'

const quick: Check = { id: 'server', title: 'Quick', asks: '', run: () => Promise.resolve(pass('fine')) }
const endless: Check = {
  ...quick,
  id: 'names',
  run: (context) => pause(context, 1e9).then(() => pass('never')),
}
const apart: Check = { ...quick, id: 'idle', apart: true }

describe('a run of checks', () => {
  it('runs all but those that take long', async () => {
    const run = new CheckRun(() => fakePlace({}), [quick, apart])
    await run.start()
    expect(run.steps.map((step) => step.state)).toEqual(['done', 'waiting'])
    await run.start('idle')
    expect(tallyOf(run.steps)).toEqual({ pass: 2, warn: 0, fail: 0, skip: 0 })
  })

  it('can be called off, and keeps what it found', async () => {
    const run = new CheckRun(() => fakePlace({}), [quick, endless])
    const ended = run.start()
    await expect.poll(() => run.steps[1]?.state).toBe('running')
    run.cancel()
    await ended
    expect(run.running).toBe(false)
    expect(run.steps.map((step) => step.state)).toEqual(['done', 'waiting'])
  })

  it('is one at a time', async () => {
    const run = new CheckRun(() => fakePlace({}), [quick])
    let told = 0
    run.subscribe(() => told++)
    await Promise.all([run.start(), run.start()])
    expect(told).toBe(4)
  })
})
