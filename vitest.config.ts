import { globSync, readFileSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

/** What every test of every kind is held to. */
export const common = {
  // Far beyond what anything takes: a loaded machine must not fail what is right. test/clock.test.ts holds tests to them.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 300_000 } },
  provide: { length: 'cut' as const },
};

/** What a run has once, whatever it runs. */
export const everyRun = {
  globalSetup: './test/global-setup.ts',
  reporters: ['default', './test/support/closing-line.ts'],
  sequence: { sequencer: LongestFirst },
};

const stacks = 'test/flows/**/*.test.ts';

// Parts that import the same modules again and again, and measure nothing of their process.
const alike = [
  'lambdas/kit',
  'lambdas/platform',
  'lambdas/presale',
  'lambdas/recommender',
  'lambdas/briefs',
  'lib',
].map((part) => `test/${part}/**/*.test.ts`);

// What a process has once (variables, clocks, its output, its memory, open ports): a file that changes or counts it has a
// process alone, too. test/support/undisturbed.ts fails a file that leaves variables changed.
const changesItsProcess =
  /useLocalAws|stubEnv|spyOn|(?<!\.)printed\(\)|useFakeTimers|memoryUsage|listeningPorts|(?:started|file)-api\.ts'|\.handler\.ts'/;
const ofItsOwn = (files: string | string[]) =>
  globSync(files).filter((file) => changesItsProcess.test(readFileSync(file, 'utf8')));
const aloneFlows = ofItsOwn(stacks);
const aloneParts = ofItsOwn(alike);

/** Files of one process each, or several in turn: what they import is then read and compiled once for all of them. */
function project(name: string, include: string[], exclude: string[], isolate: boolean): TestProjectInlineConfiguration {
  const setupFiles = isolate ? [] : ['./test/support/undisturbed.ts'];
  return { test: { ...common, name, include, exclude, isolate, setupFiles } };
}

export default defineConfig({
  test: {
    ...everyRun,
    projects: [
      project('stacks', [stacks], aloneFlows, false),
      project('alone', [...aloneFlows, ...aloneParts], [], true),
      project('alike', alike, aloneParts, false),
      project('parts', ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'], ['test/long/**', stacks, ...alike], true),
    ],
    // Two cores is the smallest machine we promise; a worker may own a PostgreSQL server and a whole stack, a gigabyte. A
    // file that owns a stack uses a quarter of a core: what it waits for are polls, retries and windows.
    maxWorkers: 8,
  },
});
