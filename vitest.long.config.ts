import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Long proofs, each cut to what it proves: kill loops, big files, soaks. `npm run test:long`. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['test/long/**/*.test.ts'],
      exclude: [],
      provide: { length: 'cut' },
      testTimeout: 15 * 60_000,
      hookTimeout: 15 * 60_000,
      // They wait for minutes that no processor shortens: two wait side by side.
      maxWorkers: 2,
    },
  }),
);
