import type { Reporter, TestModule } from 'vitest/node'

/** Ends the run with one line for whoever reads only that one. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state]++
      // A file that does not even load has no tests to fail.
      if (module.errors().length > 0) counts.failed++
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    console.log(`browser story: ${counts.passed} passed, ${counts.failed} failed${skipped}`)
  }
}
