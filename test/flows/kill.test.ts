import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEventQueue } from '../../local/doors/event-queue.ts';
import { rawCsv } from '../support/raw-csv.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/** The whole stack is killed without warning while a run is in a given state; the next start goes on with it. */

const counties = ['A', 'G', 'W', 'X', 'Z'];
const variables = { PRESALE_COUNTIES: counties.join(',') };

let directory: string;
let stack: StackProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-kill-'));
});

afterEach(async () => {
  await stack?.kill();
  await rm(directory, { recursive: true, force: true });
});

/** What a person sees when a state begins, or, inside the counties, when one of them has ended. */
const moments = {
  'Plan the run': /Plan the run/,
  'Is it out?': /Is it out\?/,
  'Each county': /Each county/,
  'Fetch and back up': / A {2}.*Fetch and back up/,
  Load: / A {2}.*Load:/,
  'Is it loaded?': /Is it loaded\?/,
  'Refresh the statistics': /Refresh the statistics/,
  'Write the report': /Write the report/,
  'Send the report': /Send the report/,
};

test.for(Object.entries(moments))(
  'killed in "%s", a run goes on and ends once',
  { timeout: 90_000 },
  async ([, moment]) => {
    stack = await startStackProcess(directory, variables);
    // Not awaited: the kill may come before the answer.
    askConsole(stack, '/trigger', { name: 'start-publication' }).catch(() => undefined);
    await stack.line(moment);
    await stack.kill();

    stack = await startStackProcess(directory, variables);
    const executions = await ended(stack);

    expect(executions, stack.printed()).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(await inDatabase(stack)).toEqual(await onTheSite(stack));
    // A queue takes a message at least once: killed while it sends, the report may come twice, and never not at all.
    await expect.poll(() => mails(stack as StackProcess)).toBeGreaterThanOrEqual(1);
  },
);

test('a slot that its function had not taken yet is not lost', { timeout: 90_000 }, async () => {
  stack = await startStackProcess(directory, variables);
  await askConsole(stack, '/faults', { crashBefore: 1 });
  askConsole(stack, '/trigger', { name: 'start-publication' }).catch(() => undefined);
  await expect.poll(waitingEvents, { timeout: 10_000, interval: 20 }).toBe(1);
  await stack.kill();

  stack = await startStackProcess(directory, variables);
  const running = stack;
  const list = async () => (await askConsole<{ executions: unknown[] }>(running, '/executions')).executions;
  await expect.poll(list, { timeout: 25_000 }).toHaveLength(1);
  expect(await ended(stack), stack.printed()).toMatchObject([{ status: 'SUCCEEDED' }]);
  expect(await inDatabase(stack)).toEqual(await onTheSite(stack));
  await expect.poll(waitingEvents).toBe(0);
});

/** Asynchronous invocations that are not done. */
function waitingEvents(): number {
  const queue = openEventQueue(path.join(directory, 'invocations.sqlite'));
  try {
    return queue.left().length;
  } finally {
    queue.close();
  }
}

async function ended(running: StackProcess): Promise<{ status: string }[]> {
  const list = async () => (await askConsole<{ executions: { status: string }[] }>(running, '/executions')).executions;
  await expect
    .poll(async () => (await list()).map(({ status }) => status), { timeout: 25_000 })
    .not.toContain('RUNNING');
  return list();
}

interface Addresses {
  readonly database: string;
  readonly site: string;
  readonly mail: string;
}

/** Rows of every county: those loaded and those refused. */
async function inDatabase(running: StackProcess): Promise<Record<string, number>> {
  const { database } = await askConsole<Addresses>(running, '/stack');
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ letter: string; rows: string }>(`
      select letter, sum(rows) as rows from (
        select substring(source_key from '/(.)\\.csv$') as letter, count(*) as rows from presale.deals group by 1
        union all select letter, count(*) from presale.problems group by 1) each group by 1`);
    return Object.fromEntries(rows.map(({ letter, rows: count }) => [letter, Number(count)]));
  } finally {
    await client.end();
  }
}

async function onTheSite(running: StackProcess): Promise<Record<string, number>> {
  const { site } = await askConsole<Addresses>(running, '/stack');
  const counts: Record<string, number> = {};
  for (const letter of counties) {
    const response = await fetch(`${site}//Download?fileName=${letter.toLowerCase()}_lvr_land_b.csv`);
    if (response.ok) counts[letter] = rawCsv(new Uint8Array(await response.arrayBuffer())).rows.length;
  }
  return counts;
}

async function mails(running: StackProcess): Promise<number> {
  return (await askConsole<unknown[]>(running, '/mails')).length;
}
