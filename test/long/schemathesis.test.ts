import { execFile, execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentFile, type FuzzedStack, startFuzzedStack } from '../flows/fuzzed-stack.ts';

/** The same by a fuzzer that others wrote, where it is installed (`pip install schemathesis`). */

// SCHEMATHESIS names one that is on no path, such as that of a virtual environment.
const program = process.env.SCHEMATHESIS ?? 'schemathesis';
const examples = process.env.MILLRACE_FUZZ_REQUESTS ?? '25';
const seed = process.env.MILLRACE_FUZZ_SEED ?? String(Date.now() % 1_000_000);

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

let stack: FuzzedStack | undefined;

function reasonToSkip(): string | undefined {
  try {
    execFileSync(program, ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return `there is no ${program}`;
  }
}

const reason = reasonToSkip();

beforeAll(async () => {
  if (reason === undefined) stack = await startFuzzedStack();
}, 240_000);

afterAll(() => stack?.running.stop());

test(`schemathesis finds no answer that is not as documented (MILLRACE_FUZZ_SEED=${seed})`, {
  timeout: 20 * 60_000,
}, async (context) => {
  context.skip(reason !== undefined, reason);
  const options = [
    ...['--url', String(stack?.url), '--header', `Authorization: ${stack?.authorization}`],
    ...['--checks', checks.join(), '--max-examples', examples, '--seed', seed, '--workers', '2'],
    ...['--phases', 'examples,coverage,fuzzing', '--continue-on-failure', '--suppress-health-check', 'all'],
  ];
  const { status, output } = await new Promise<{ status: number; output: string }>((resolve) => {
    execFile(
      program,
      ['run', path.resolve(documentFile), ...options],
      { maxBuffer: 2 ** 28, cwd: tmpdir() },
      (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
      },
    );
  });

  expect(status, output.slice(-10_000)).toBe(0);
});
