import { afterAll, expect } from 'vitest';

/**
 * For files that share a process: each leaves it as it found it, or fails instead of a later one. A file that can't is to
 * be found by `changesItsProcess` of vitest.config.ts, and then has a process alone.
 */
const variables = () => {
  // Powertools tells its name in each process that imports it.
  const { AWS_SDK_UA_APP_ID: _, ...others } = process.env;
  return others;
};
const found = { variables: variables(), directory: process.cwd() };

afterAll(() => {
  expect({ variables: variables(), directory: process.cwd() }).toEqual(found);
});
