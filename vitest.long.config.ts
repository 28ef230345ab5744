import { defineConfig } from 'vitest/config';
import { common, everyRun } from './vitest.config.ts';

/** Long proofs, each cut to what it proves: kill loops, big files, soaks. `npm run test:long`. */
export default defineConfig({
  test: {
    ...common,
    ...everyRun,
    include: ['test/long/**/*.test.ts'],
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
    // They wait for minutes that no processor shortens: three wait side by side.
    maxWorkers: 3,
  },
});
