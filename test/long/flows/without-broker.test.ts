import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onBrokers } from '../../../lib/settings/index.ts';
import { startControl } from '../../../local/console/control.ts';
import type { Diagnosis } from '../../../local/doctor/diagnose.ts';
import { synthesized } from '../../support/assembly.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';
import { project } from '../../support/stack-process.ts';

/** An environment without Kafka, and so without the tagger and briefs: everything else is there. */

let assembly: string;
let running: TestStack;
let control: Awaited<ReturnType<typeof startControl>>;

beforeAll(async () => {
  assembly = await synthesized(({ workloads }) => ({
    broker: 'none',
    workloads: Object.fromEntries(onBrokers.map((name) => [name, { ...workloads[name], enabled: false }])),
  }));
  running = await startTestStack({}, undefined, assembly);
  control = await startControl(running.stack);
  await running.stack.announce(control.url);
}, 600_000);

afterAll(async () => {
  await control?.stop();
  await running?.stop();
  if (assembly) await rm(assembly, { recursive: true, force: true });
});

test('nothing of Kafka and of what needs it is in its template', () => {
  const { functions, streamSources, topics } = running.stack.model;

  expect(running.stack.services.kafka).toBeUndefined();
  expect([streamSources, topics]).toEqual([[], []]);
  expect(functions.filter(({ handler }) => onBrokers.some((name) => handler.startsWith(`${name}/`)))).toEqual([]);
  expect(functions.map(({ handler }) => handler)).toContain('presale/load-county');
});

/** `npm run doctor -- --json` as a person runs it. */
function doctor(): Promise<Diagnosis & { exit: number }> {
  const env = { ...process.env, MILLRACE_DIRECTORY: running.directory };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['local/commands/doctor.ts', '--json'],
      { cwd: project, env },
      (error, stdout, stderr) => {
        if (stdout === '') return reject(new Error(stderr));
        resolve({ ...(JSON.parse(stdout) as Diagnosis), exit: error ? 1 : 0 });
      },
    );
  });
}

test('the doctor says that Kafka is not configured, and that this is no fault', async () => {
  // The first looks of cold functions may take longer than a look may on a busy machine.
  await expect.poll(async () => (await doctor()).exit, { timeout: 300_000, interval: 500 }).toBe(0);
  const { status, dependencies } = await doctor();

  expect(status).toBe('ok');
  expect(dependencies.find(({ name }) => name === 'Kafka')).toMatchObject({
    state: 'not configured',
    required: false,
    latency_ms: null,
    without: expect.stringMatching(/^Nothing/),
  });
  expect(dependencies.filter(({ name }) => name.startsWith('tagger'))).toEqual([]);
});

test('the tagger’s routes are not there, and the console says why it has no topics', async () => {
  expect(await fetch(`${running.stack.wiring.api?.url}/tagger/services`)).toMatchObject({ status: 404 });
  const answer = await fetch(`${control.url}/topics`);

  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('This environment has no broker');
});
