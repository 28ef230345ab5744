import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openEventQueue } from 'one-machine/doors/event-queue.ts';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectLoaded } from '../flows/flow.ts';
import { lengths } from '../support/lengths.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/** The whole stack is killed without warning while a run is in a given state; the next start goes on with it. */

const patience = { timeout: 10 * 60_000 };
const counties = ['A', 'G', 'W', 'X', 'Z'];
const variables = { PRESALE_COUNTIES: counties.join(','), PRESALE_RETRY_SECONDS: '2', PRESALE_FETCH_ATTEMPTS: '1' };

/** Everybody may enter it: else the database of root would be elsewhere, and not in a copy. */
async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'millrace-kill-'));
  await chmod(made, 0o755);
  return made;
}

/** The database of a killed stack writes on until it sees that it is alone. */
const remove = (made: string) => rm(made, { recursive: true, force: true, maxRetries: 40, retryDelay: 100 });

/** A stack that was started once and stopped: a copy of it starts in a fraction of the time of an empty folder. */
let fresh: string;
let directory: string;
let stack: StackProcess | undefined;

beforeAll(async () => {
  fresh = await folder();
  expect(await (await startStackProcess(fresh, variables)).interrupt()).toBe(0);
});

beforeEach(async () => {
  directory = await folder();
  // With owners and modes, which PostgreSQL looks at.
  await promisify(execFile)('cp', ['-a', `${fresh}/.`, directory]);
});

afterAll(() => remove(fresh));

afterEach(async () => {
  await stack?.kill();
  await remove(directory);
});

/** What a person sees when a state begins, or, inside the counties, when one of them has ended: one of each kind first. */
const moments = {
  'Fetch and back up': / A {2}.*Fetch and back up/,
  'Refresh the statistics': /Refresh the statistics/,
  'Send the report': /Send the report/,
  'Wait an hour for the rest': /Wait an hour for the rest/,
  'Plan the run': /Plan the run/,
  'Is it out?': /Is it out\?/,
  'Each county': /Each county/,
  Load: / A {2}.*Load:/,
  'Is it loaded?': /Is it loaded\?/,
  'Write the report': /Write the report/,
  'Wait an hour': /Wait an hour/,
};

/** What makes a run wait; the site of the next start is well again. */
const faults: Readonly<Record<string, object>> = {
  'Wait an hour': { kind: 'status', status: 500 },
  'Wait an hour for the rest': { kind: 'html-error', county: 'A' },
};

test.for(Object.entries(moments).slice(0, lengths.killMoments))(
  'killed in "%s", a run goes on and ends once',
  async ([state, moment]) => {
    stack = await startStackProcess(directory, variables);
    if (faults[state]) await disturb(stack, faults[state]);
    // Not awaited: the kill may come before the answer.
    askConsole(stack, '/trigger', { name: 'start-publication' }).catch(() => undefined);
    await stack.line(moment);
    await stack.kill();

    stack = await startStackProcess(directory, variables);
    const executions = await ended(stack);

    expect(executions, stack.printed()).toMatchObject([{ status: 'SUCCEEDED' }]);
    await expectInOnce(stack);
    // A queue takes a message at least once: killed while it sends, the report may come twice, and never not at all. The
    // claim of whoever was killed stands for a minute, and the next try but one comes after the queue's three.
    const came = expect.poll(() => mails(stack as StackProcess), patience);
    await came.toBeGreaterThanOrEqual(1);
  },
);

test('a slot that its function had not taken yet is not lost', async () => {
  stack = await startStackProcess(directory, variables);
  await askConsole(stack, '/faults', { crashBefore: 1 });
  askConsole(stack, '/trigger', { name: 'start-publication' }).catch(() => undefined);
  await expect.poll(waitingEvents, { ...patience, interval: 20 }).toBe(1);
  await stack.kill();

  stack = await startStackProcess(directory, variables);
  const running = stack;
  const list = async () => (await askConsole<{ executions: unknown[] }>(running, '/executions')).executions;
  await expect.poll(list, patience).toHaveLength(1);
  expect(await ended(stack), stack.printed()).toMatchObject([{ status: 'SUCCEEDED' }]);
  await expectInOnce(stack);
  await expect.poll(waitingEvents).toBe(0);
});

async function disturb(running: StackProcess, fault: object): Promise<void> {
  const { site } = await askConsole<Addresses>(running, '/stack');
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${site}/sample/faults`, { method: 'POST', headers, body: JSON.stringify(fault) });
  expect(answer.ok, await answer.text()).toBe(true);
}

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
  await expect.poll(async () => (await list()).map(({ status }) => status), patience).not.toContain('RUNNING');
  return list();
}

interface Addresses {
  readonly site: string;
  readonly mail: string;
}

/**
 * The publication is in, once: raw bytes as the site has them, each good row and each problem row with its values, and
 * each problem row once in the ledger, with nothing beside it.
 */
async function expectInOnce(running: StackProcess): Promise<void> {
  const database = running.databaseUrl;
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const rows = async <T>(statement: string, ...values: readonly unknown[]) =>
    (await client.query(statement, [...values])).rows as T[];
  try {
    const [run] = await rows<{ name: string; state: string }>('select name, state from presale.runs');
    expect(run?.state).toBe('complete');
    let [deals, problems] = [0, 0];
    for (const letter of counties) {
      const key = `presale/raw/${run?.name}/${letter}.csv`;
      const bytes = await published(running, letter);
      expect(await stored(running, key), key).toEqual(bytes);
      const expected = await expectLoaded({ rows }, key, bytes);
      deals += expected.deals.length;
      problems += Object.keys(expected.problems).length;
    }
    expect(await rows('select count(*)::int from presale.deals')).toEqual([{ count: deals }]);
    expect(await rows('select count(*)::int from presale.problems')).toEqual([{ count: problems }]);
    expect(
      await rows(`select natural_key, reason from platform.failures f
        where state = 'open' and not exists (select from presale.problems p where p.failure_key = f.natural_key)`),
    ).toEqual([]);
    expect(
      await rows(`select failure_key from presale.problems p
        where (select count(*) from platform.failures f where f.natural_key = p.failure_key) <> 1`),
    ).toEqual([]);
  } finally {
    await client.end();
  }
}

/** What the site has for a county; `undefined` where it has no file. */
async function published(running: StackProcess, letter: string): Promise<Buffer | undefined> {
  const { site } = await askConsole<Addresses>(running, '/stack');
  return download(`${site}//Download?fileName=${letter.toLowerCase()}_lvr_land_b.csv`);
}

function stored(running: StackProcess, key: string): Promise<Buffer | undefined> {
  return download(`${running.url}/buckets/millrace-raw-bucket/${key}`);
}

async function download(url: string): Promise<Buffer | undefined> {
  const response = await fetch(url);
  return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
}

async function mails(running: StackProcess): Promise<number> {
  return (await askConsole<unknown[]>(running, '/mails')).length;
}
