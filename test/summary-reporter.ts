import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

export type Summary = {
  readonly passed: number
  /** Failed tests, files that could not be loaded, and errors outside of any test. */
  readonly failed: number
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

/** Writes the counts of a run to the file that TEST_SUMMARY_FILE names. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const file = process.env['TEST_SUMMARY_FILE']
    if (!file) return
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const summary: Summary = {
      passed: count('passed'),
      failed: count('failed') + count('pending') + modules.filter(failedOutsideTests).length + unhandled.length,
      skipped: tests.filter((test) => test.result().state === 'skipped').map(describe),
    }
    writeFileSync(file, JSON.stringify(summary))
  }
}

function failedOutsideTests(module: TestModule): boolean {
  const suites = [...module.children.allSuites()]
  return module.errors().length > 0 || suites.some((suite) => suite.errors().length > 0)
}

function describe(test: TestCase): { name: string; reason: string } {
  const result = test.result()
  const reason = result.state === 'skipped' && result.note ? result.note : 'no reason given'
  return { name: `${relative(process.cwd(), test.module.moduleId)} > ${test.fullName}`, reason }
}
