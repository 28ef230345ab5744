import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lengths } from '../support/lengths.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/**
 * The whole stack is killed without warning while it catches up a missed slot: before the keeper looks, between its
 * look, the start and the report, or after. In the end the slot is caught up, by one run.
 */

const kills = lengths.slotKills;
// The keeper looks two seconds after the start; its start and its report take about one more.
const firstMs = 1800;
const stepMs = 2000 / kills;
const variables = { PRESALE_COUNTIES: 'W', PRESALE_RETRY_SECONDS: '1' };
const schedule = 'presale/start-publication';

let directory: string;
let stack: StackProcess | undefined;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
});

afterAll(async () => {
  await stack?.kill();
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
});

async function rows<T extends object>(running: StackProcess, statement: string): Promise<T[]> {
  const database = running.databaseUrl;
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query<T>(statement)).rows;
  } finally {
    await client.end();
  }
}

const states = async (running: StackProcess) =>
  (
    await rows<{ state: string }>(running, `select state from platform.slots where schedule = '${schedule}' order by 1`)
  ).map(({ state }) => state);

test(`a slot is caught up once, however often the stack is killed meanwhile (${kills} times)`, {
  timeout: 600_000,
}, async () => {
  stack = await startStackProcess(directory, variables);
  const first = stack;
  await expect
    .poll(() => rows(first, 'select name from platform.schedules'), { timeout: 300_000, interval: 200 })
    .toContainEqual({ name: schedule });
  await rows(first, `update platform.schedules set settled_to = now() - interval '15 days' where name = '${schedule}'`);
  await first.kill();

  const found: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    stack = await startStackProcess(directory, variables);
    await sleep(firstMs + kill * stepMs);
    found.push((await states(stack)).join('+') || 'not looked');
    await stack.kill();
  }

  // The first is before the keeper's look on any machine: there was something to interrupt.
  expect(found.filter((each) => !each.includes('caught-up'))).not.toEqual([]);
  const last = await startStackProcess(directory, variables);
  stack = last;
  await expect
    .poll(() => states(last), { timeout: 300_000, interval: 500, message: `before the kills: ${found.join(', ')}` })
    .toContain('caught-up');
  expect(await states(last)).not.toContain('missed');
  const { executions } = await askConsole<{ executions: { name: string }[] }>(last, '/executions');
  const [slot] = await rows<{ run: string }>(last, `select run from platform.slots where state = 'caught-up'`);
  expect(executions.map(({ name }) => name)).toEqual([`publication-${slot?.run}`]);
  expect(await rows(last, `select state from platform.failures where reason = 'SlotMissed'`)).toEqual([
    { state: 'resolved' },
  ]);
});
