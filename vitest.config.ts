import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**'],
    globalSetup: './test/global-setup.ts',
    reporters: ['default', './test/support/closing-line.ts'],
    // Far beyond what anything takes: a loaded machine must not fail what is right. test/clock.test.ts holds tests to them.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    sequence: { sequencer: LongestFirst },
    // Two cores is the smallest machine we promise; a worker may own a PostgreSQL server and a whole stack, a gigabyte. A
    // file that owns a stack uses a quarter of a core: what it waits for are polls, retries and windows.
    maxWorkers: 6,
  },
});
