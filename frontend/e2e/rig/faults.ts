import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Axe must find nothing serious or critical on the page as it stands; by those rules, or by all. */
export async function axeFindsNothing(page: Page, what: string, rules?: readonly string[]): Promise<void> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze()
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const lines = bad.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  )
  expect(lines, `faults that axe finds in ${what}`).toEqual([])
}
