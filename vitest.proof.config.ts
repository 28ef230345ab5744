import { defineConfig, mergeConfig } from 'vitest/config';
import long from './vitest.long.config.ts';

/** The long proofs at their full length, one after the other: `npm run proof`, an hour and more, before an issue is resolved. */
export default mergeConfig(
  long,
  defineConfig({
    test: { provide: { length: 'full' }, testTimeout: 60 * 60_000, hookTimeout: 60 * 60_000, maxWorkers: 1 },
  }),
);
