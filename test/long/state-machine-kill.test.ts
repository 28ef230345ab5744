import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type TestDatabase } from '../../packages/one-machine/test/state-machines/database.ts';

const subject = fileURLToPath(
  new URL('../../packages/one-machine/test/state-machines/kill-subject.ts', import.meta.url),
);

let database: TestDatabase;

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** Lets the subject work, kills it, and resolves when none of its statements is under way any more. */
async function work(enough: () => Promise<unknown>): Promise<void> {
  const child = spawn(process.execPath, [subject, database.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await enough();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect
    .poll(() => numberOf("select count(*) from pg_stat_activity where application_name = 'kill-subject'"))
    .toBe(0);
}

async function numberOf(query: string): Promise<number> {
  return Number((await database.pool.query(query)).rows[0]?.count);
}

async function effects(): Promise<Map<string, number>> {
  const { rows } = await database.pool.query('select step, count(*)::integer from effects group by step');
  return new Map(rows.map(({ step, count }) => [step, count]));
}

/** The steps whose end is written down. */
async function journalled(): Promise<string[]> {
  const { rows } = await database.pool.query(
    "select details ->> 'output' as output from local.events where type = 'TaskStateExited'",
  );
  return rows.map(({ output }) => JSON.parse(output).step);
}

const items = Array.from({ length: 20 }, (_, index) => index + 1);
const steps = ['Plan', 'Report', ...items.flatMap((item) => [`Fetch ${item}`, `Load ${item}`])].sort();

async function execution(): Promise<{ status: string; output: unknown }> {
  return (await database.pool.query('select status, output from local.executions')).rows[0];
}

test('killed at many moments, an execution goes on, ends once and repeats nothing it has written down', async () => {
  await database.pool.query('create table effects (step text not null)');
  const finished = new Map<string, number>();
  const note = async () => {
    const counts = await effects();
    for (const step of await journalled()) if (!finished.has(step)) finished.set(step, counts.get(step) ?? 0);
  };

  let kills = 0;
  do {
    kills += 1;
    await work(() => sleep(Math.random() * 120));
    await note();
  } while (kills < 12 && (await execution()).status === 'RUNNING');
  // The tasks alone take 0.9 s.
  expect(kills).toBeGreaterThan(4);
  await work(() => expect.poll(async () => (await execution()).status, { timeout: 600_000 }).not.toBe('RUNNING'));
  await note();

  expect(await execution()).toEqual({
    status: 'SUCCEEDED',
    output: { step: 'Report', loaded: items.map((item) => ({ step: `Load ${item}`, after: `Fetch ${item}` })) },
  });
  const counts = await effects();
  expect([...counts.keys()].sort()).toEqual(steps);
  // Equal counts: no step was run again after its end had been written down.
  expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(finished));
  expect(counts.get('Fetch 3')).toBeGreaterThanOrEqual(2);
  expect(await numberOf("select count(*) from local.events where type = 'ExecutionSucceeded'")).toBe(1);
  expect(await numberOf('select count(*) from local.frames')).toBe(0);
}, 600_000);
