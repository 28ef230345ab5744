import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What failed, as whoever reads only the end of a log finds it: `FAILED <file> > <test>: <error>`. */
interface Failure {
  readonly where: string;
  readonly errors: readonly SerializedError[];
}

// CI shows the end of its log, about a hundred lines of it: 20 failures of at most four lines are 80.
const shownFailures = 20;
const shownLines = 4;
// A line that a terminal wraps twice; a difference between two JSON texts may be one of megabytes.
const shownColumns = 300;

/**
 * Ends a run with what failed, each with the first lines of its error, and with `N passed, N failed, N skipped`, alone on
 * its line, for whoever reads only that. A file that failed to load, a broken hook and an error outside of all tests each
 * count as one failed.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, skipped: 0 };
    const failures: Failure[] = [];
    for (const module of modules) {
      for (const group of [module, ...module.children.allSuites()]) {
        if (group.errors().length > 0) failures.push({ where: placeOf(module, group), errors: group.errors() });
      }
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result();
        if (state === 'failed') failures.push({ where: placeOf(module, test), errors });
        // One that never got its turn (the run was cancelled) did not run either.
        else counts[state === 'pending' ? 'skipped' : state] += 1;
      }
    }
    for (const error of strayErrors) failures.push({ where: 'outside of all tests', errors: [error] });
    const lines = failures.slice(0, shownFailures).flatMap(told);
    if (failures.length > shownFailures) lines.push(`FAILED and ${failures.length - shownFailures} more`);
    lines.push(`${counts.passed} passed, ${failures.length} failed, ${counts.skipped} skipped`);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

function placeOf(module: TestModule, part: TestModule | { readonly fullName: string }): string {
  return 'fullName' in part ? `${module.relativeModuleId} > ${part.fullName}` : module.relativeModuleId;
}

/** Each line begins with FAILED, so that `.ci/run` finds them all; the last one says where it was thrown. */
function told({ where, errors: [error] }: Failure): string[] {
  const message = stripVTControlCharacters(`${error?.name ?? 'Error'}: ${error?.message}`).split('\n');
  const [first, ...others] = message.filter((line) => line.trim() !== '').slice(0, shownLines - 1);
  const frames = (error?.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [`FAILED ${where}: ${first}`, ...[...others, ...frames.slice(0, 1)].map((line) => `FAILED   ${line}`)].map(
    (line) => line.slice(0, shownColumns),
  );
}
