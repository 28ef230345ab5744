import { afterAll, beforeAll } from 'vitest';
import { type Flow, startFlow } from '../flow.ts';

/** The stack of `callers.test.ts`, whose suites each ask in names of their own. */
export let flow: Flow;

beforeAll(async () => {
  // More than anybody asks here, and nothing comes back while a test runs: who is to meet the limit is put before it.
  const limits = { CALLER_BURST: '100000', CALLER_REQUESTS_PER_SECOND: '0.000001' };
  flow = await startFlow({ ...limits, USERS_FRESH_MS: '600' });
});

afterAll(() => flow?.stop());
