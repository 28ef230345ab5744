import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Long proofs: kill loops, big files, soaks. `npm run test:long`; minutes to half an hour. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['test/long/**/*.test.ts'],
      exclude: [],
      testTimeout: 30 * 60_000,
      hookTimeout: 5 * 60_000,
      maxWorkers: 1,
    },
  }),
);
