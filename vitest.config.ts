import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**'],
    globalSetup: './test/global-setup.ts',
    reporters: ['default', './test/support/closing-line.ts'],
    // Far beyond what anything takes: a loaded machine must not fail what is right.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongestFirst },
    // Two cores is the smallest machine we promise; a worker may own a PostgreSQL server and a whole stack. Stacks wait for
    // themselves so much that two workers left a third of two cores idle.
    maxWorkers: 3,
  },
});
