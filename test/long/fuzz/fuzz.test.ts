import { afterAll, beforeAll, expect, test } from 'vitest';
import { operationsOf } from '../../support/fuzz/document.ts';
import { type Fuzzed, fuzz } from '../../support/fuzz/fuzz.ts';
import { seedOf } from '../../support/lengths.ts';
import { document, type FuzzedStack, startFuzzedStack } from './fuzzed-stack.ts';

/** Every route of the document is asked what nobody thought of: no 5xx, and each answer is as documented. */

/** Stands in the name of a test, so that a failure tells it; MILLRACE_FUZZ_SEED repeats the requests. */
const seed = seedOf('MILLRACE_FUZZ_SEED');
const requests = Number(process.env.MILLRACE_FUZZ_REQUESTS ?? 40);
// A machine that is too slow for all of them asks each route less.
const timeLimitMs = Number(process.env.MILLRACE_FUZZ_SECONDS ?? 40) * 1000;

let fuzzed: Fuzzed;
let stack: FuzzedStack;

beforeAll(async () => {
  stack = await startFuzzedStack();
  const headers = () => ({ authorization: stack.authorization });
  fuzzed = await fuzz({ document, base: stack.url, headers, requests, seed, timeLimitMs });
}, timeLimitMs + 600_000);

afterAll(() => stack?.running.stop());

test(`each answer is as documented (MILLRACE_FUZZ_SEED=${seed})`, () => {
  console.info(`MILLRACE_FUZZ_SEED=${seed}`, fuzzed.statuses);
  expect(fuzzed.findings, stack.running.printed().slice(-2000)).toEqual([]);
});

test('every route was asked, and enough of them answered more than refusals', () => {
  const counts = Object.values(fuzzed.asked);

  expect(Object.keys(fuzzed.asked)).toHaveLength(operationsOf(document).length);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(fuzzed.statuses[200]).toBeGreaterThan(counts.length);
});
