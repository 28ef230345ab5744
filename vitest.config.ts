import { defineConfig } from 'vitest/config';

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
    // Two cores is the smallest machine we promise; a worker may own a PostgreSQL server and a whole stack.
    maxWorkers: 2,
  },
});
