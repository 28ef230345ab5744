import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends a run with `N passed, N failed, N skipped`, alone on its line, for whoever reads only that. A file that failed
 * to load, a broken hook and an error outside of all tests each count as one failed.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: strayErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // One that never got its turn (the run was cancelled) did not run either.
        counts[state === 'pending' ? 'skipped' : state] += 1;
      }
      for (const group of [module, ...module.children.allSuites()]) if (group.errors().length > 0) counts.failed += 1;
    }
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
