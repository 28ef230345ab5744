import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lengths, seedOf } from '../../support/lengths.ts';
import { type Found, findSchemathesis } from '../../support/schemathesis.ts';
import { documentFile, type FuzzedStack, startFuzzedStack } from './fuzzed-stack.ts';

/** The fuzz test again, by a fuzzer that others wrote: installed where Python is, else skipped. */

// So many requests, not so much time: a slow machine asks each route as often.
const { schemathesisPhases, examplesPerOperation } = lengths;
const seconds = process.env.MILLRACE_FUZZ_SECONDS;
const seed = seedOf('MILLRACE_FUZZ_SEED');

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

// On a busy machine what is asked for its health may be late, and the answer says so.
const settings = `[[operations]]
include-path-regex = "^/health"
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]
`;

/** What of its report is read. */
interface Report {
  readonly stop_reason: string;
  readonly operations: { readonly total: number; readonly tested: number };
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly { readonly title: string; readonly operations: readonly string[] }[];
  readonly errors: readonly { readonly title: string }[];
}

let folder: string;
let fuzzer: Found;
let stack: FuzzedStack | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'millrace-schemathesis-'));
  fuzzer = await findSchemathesis(folder);
  if ('program' in fuzzer) stack = await startFuzzedStack();
}, 900_000);

afterAll(async () => {
  await stack?.running.stop();
  await rm(folder, { recursive: true, force: true });
});

test(`schemathesis finds no answer that is not as documented (MILLRACE_FUZZ_SEED=${seed})`, async ({ skip }) => {
  if ('missing' in fuzzer) return skip(fuzzer.missing);
  const { program } = fuzzer;
  const report = path.join(folder, 'report.json');
  const options = [
    ...['--url', String(stack?.url), '--header', `Authorization: ${stack?.authorization}`],
    ...['--checks', checks.join(), '--seed', String(seed), '--workers', '2'],
    ...['--phases', schemathesisPhases, '--max-examples', String(examplesPerOperation)],
    ...(seconds === undefined ? [] : ['--max-time', seconds]),
    // A busy machine may need longer than the ten seconds it is given else.
    ...['--continue-on-failure', '--request-timeout', '60'],
    ...['--suppress-health-check', 'all', '--warnings', 'off', '--report', 'json', '--report-json-path', report],
  ];
  // It looks for its settings where it runs.
  await writeFile(path.join(folder, 'schemathesis.toml'), settings);
  const printed = await new Promise<string>((resolve) => {
    const args = ['run', path.resolve(documentFile), ...options];
    execFile(program, args, { maxBuffer: 2 ** 28, cwd: folder }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  const told = JSON.parse(await readFile(report, 'utf8').catch(() => 'null')) as Report | null;

  // What was asked may be ten thousand characters long, and stands last.
  const found = printed.slice(printed.indexOf('= FAILURES =')).replaceAll(/(?:%[0-9A-F]{2}){40,}/g, '...');
  expect(told?.failures, found.slice(0, 10_000)).toEqual([]);
  // Its own errors say nothing about an answer; one that didn't come does.
  expect(told?.errors.filter(({ title }) => title === 'Network Error')).toEqual([]);
  expect(told?.operations.tested).toBe(told?.operations.total);
  console.info(`MILLRACE_FUZZ_SEED=${seed}`, told?.test_cases, told?.operations, told?.stop_reason, told?.errors);
});
