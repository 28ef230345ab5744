import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores is the smallest machine we promise; each worker may own a PostgreSQL server.
    maxWorkers: 2,
  },
});
