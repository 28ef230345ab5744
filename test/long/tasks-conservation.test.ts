import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keptToken } from '../../local/callers/console-token.ts';
import { openPool } from '../../packages/one-machine/test/support/pool.ts';
import { copyCheckout } from '../support/copied-checkout.ts';
import { type Effects, overlap, startEffects } from '../support/effects.ts';
import { canFindInstances, instancesOf } from '../support/instances.ts';
import { lengths, seedOf } from '../support/lengths.ts';
import { randomNumbers } from '../support/random.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';
import { addCountedTask, countedTask, type Outcome } from './counted-task.ts';

/**
 * Up to ten thousand tasks over HTTP, while workers and the whole stack are killed without warning and every message comes up
 * to three times. In the end each task has one end, and what was terminated in the queue never ran.
 */

const { tasks, taskStackKills: stackKills, taskWorkerKills: workerKills } = lengths;
const submitters = 6;
/** For the ends after the last submission: a lost lease ends, and the sweep comes round. */
const patienceMs = 6 * 60_000;
/** Stands in the name of every test, so that a failure tells it; MILLRACE_KILL_SEED repeats the moments. */
const seed = seedOf('MILLRACE_KILL_SEED');
const variables = {
  LEASE_SECONDS: '15',
  CALLER_REQUESTS_PER_SECOND: '100000',
  CALLER_BURST: '100000',
  POWERTOOLS_LOG_LEVEL: 'ERROR',
};

interface Task {
  readonly id: string;
  readonly outcome: Outcome;
  /** What the answer to its termination said, and whether it had begun by then. */
  terminated?: { readonly status: string; readonly started: boolean };
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly result: { readonly number: number } | null;
  readonly attempts: number;
  readonly losses: number;
}

const random = randomNumbers(seed);
const submitted = new Map<number, Task>();
const undo: (() => Promise<unknown>)[] = [];
let effects: Effects;
let stack: StackProcess;
let api: { readonly url: string; readonly token: string };
let struck = 0;
let rows: readonly Row[];
let start: () => Promise<void>;

beforeAll(async () => {
  console.info(`MILLRACE_KILL_SEED=${seed}`);
  effects = await startEffects();
  undo.push(() => effects.stop());
  const checkout = await copyCheckout();
  undo.push(() => checkout.forget());
  await addCountedTask(checkout.directory, effects.url);
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-tasks-'));
  undo.push(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }));
  undo.push(async () => stack?.kill());
  start = async () => {
    stack = await startStackProcess(directory, variables, { checkout: checkout.directory });
    await askConsole(stack, '/faults', { deliveries: 3, crashBefore: 0.002, crashAfter: 0.002 });
    const { api: url } = await askConsole<{ api: string }>(stack, '/stack');
    api = { url, token: await keptToken(directory) };
  };
  await start();
  await Promise.all([submitAll(), killNowAndThen()]);
  await askConsole(stack, '/faults', { deliveries: 1, crashBefore: 0, crashAfter: 0 });
  rows = await allEnded();
}, 25 * 60_000);

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

/** Asks until there is an answer: the stack may be away just now, or an instance may die over it. */
async function ask(route: string, body?: object): Promise<Record<string, unknown>> {
  for (;;) {
    try {
      const response = await fetch(`${api.url.replace(/\/$/, '')}/api/v1${route}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      });
      const text = await response.text();
      if (response.ok) return (JSON.parse(text) as { data: Record<string, unknown> }).data;
      if (response.status < 500) throw new Refused(`${route}: ${response.status} ${text}`);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    await sleep(100);
  }
}

class Refused extends Error {
  override readonly name = 'Refused';
}

const outcomeOf = (number: number): Outcome => (number % 25 === 3 ? 'once' : number % 100 === 7 ? 'never' : 'good');

async function submitAll(): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < tasks) {
      const number = next;
      next += 1;
      await submit(number);
    }
  };
  await Promise.all(Array.from({ length: submitters }, work));
}

async function submit(number: number): Promise<void> {
  const outcome = outcomeOf(number);
  const answer = await ask('/tasks/submit', {
    name: countedTask,
    kwargs: { number, outcome },
    // Who gets no answer asks again; it is the same task.
    idempotency_key: `task-${number}`,
  });
  const task: Task = { id: String(answer.task_id), outcome };
  submitted.set(number, task);
  if (number % 20 !== 11) return;
  const { status, started_at } = await ask(`/task/${task.id}/terminate`, {});
  task.terminated = { status: String(status), started: started_at !== null };
}

/** Workers and the whole stack, at random moments while tasks are submitted. */
async function killNowAndThen(): Promise<void> {
  for (let kill = 1; kill <= stackKills + workerKills; kill += 1) {
    const share = kill / (stackKills + workerKills + 1);
    while (submitted.size < share * tasks) await sleep(20);
    await sleep(random() * 300);
    if (kill % Math.floor((stackKills + workerKills) / stackKills) === 0) {
      await stack.kill();
      await start();
    } else killWorker();
  }
}

function killWorker(): void {
  if (!canFindInstances) return;
  const workers = instancesOf(Number(stack.child.pid), /Worker-Handler/);
  const worker = workers[Math.floor(random() * workers.length)];
  if (worker === undefined) return;
  struck += 1;
  process.kill(worker, 'SIGKILL');
}

async function allEnded(): Promise<readonly Row[]> {
  const database = stack.databaseUrl;
  const pool = openPool(database);
  undo.push(() => pool.end());
  const until = Date.now() + patienceMs;
  const open = 'select status, count(*)::int from tasks.tasks where ended_at is null group by status';
  for (let left = (await pool.query(open)).rows; left.length > 0; left = (await pool.query(open)).rows) {
    if (Date.now() > until) throw new Error(`Stuck: ${JSON.stringify(left)}\n${stack.printed().slice(-4000)}`);
    await sleep(500);
  }
  const all = await pool.query<Row>('select id, status, result, attempts, losses from tasks.tasks');
  return all.rows;
}

const rowOf = (id: string) => rows.find((row) => row.id === id);

describe(`MILLRACE_KILL_SEED=${seed}`, () => {
  test('no task is lost, and none is there twice', () => {
    expect(submitted.size).toBe(tasks);
    expect(new Set([...submitted.values()].map(({ id }) => id)).size).toBe(tasks);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([...submitted.values()].map(({ id }) => id)));
  });

  test('each runs to the one end that it must have', () => {
    const byId = new Map(rows.map((row) => [row.id, row]));
    const wrong = [...submitted].flatMap(([number, { id, outcome, terminated }]) => {
      const row = byId.get(id);
      const expected = terminated?.status === 'REVOKED' ? 'REVOKED' : outcome === 'never' ? 'FAILURE' : 'SUCCESS';
      // Told to stop while it ran: it may have ended first.
      const isRight = row?.status === expected || (terminated !== undefined && row?.status === 'REVOKED');
      const result = row?.status === 'SUCCESS' ? { number } : null;
      return isRight && JSON.stringify(row.result) === JSON.stringify(result)
        ? []
        : [{ number, outcome, terminated, row }];
    });
    expect(wrong).toEqual([]);
  });

  test('a task that was terminated in the queue never ran', () => {
    const inQueue = [...submitted.values()].filter(
      ({ terminated }) => terminated?.status === 'REVOKED' && !terminated.started,
    );
    console.info(`${inQueue.length} tasks were terminated before they began`);
    expect(inQueue.length).toBeGreaterThan(0);
    expect(inQueue.filter(({ id }) => effects.runs.has(id))).toEqual([]);
  });

  test('no two workers ran a task at once, and what ended well ended once', () => {
    const twice = [...effects.runs].filter(([, runs]) => overlap(runs));
    expect(twice).toEqual([]);
    const ended = [...effects.runs].filter(([, runs]) => runs.filter((run) => run.ended !== undefined).length > 1);
    // The moment between a function's last word and the row: only a killed worker leaves it open, and its row says so.
    expect(ended.filter(([id]) => (rowOf(id)?.losses ?? 0) === 0)).toEqual([]);
    // Without a kill in the middle nothing of this was put to the proof.
    expect(struck).toBeGreaterThan(canFindInstances ? 0 : -1);
    console.info(`${struck} workers were killed; ${ended.length} tasks had said that they ended`);
  });

  test('a task ran no more often than it was begun', () => {
    const more = rows.filter(({ id, attempts, losses }) => (effects.runs.get(id)?.length ?? 0) > attempts + losses);
    expect(more).toEqual([]);
    const succeeded = rows.filter(({ status }) => status === 'SUCCESS');
    expect(succeeded.filter(({ id }) => !effects.runs.get(id)?.some(({ ended }) => ended !== undefined))).toEqual([]);
  });

  test('failures are in the ledger once, and nothing else is', async () => {
    const database = stack.databaseUrl;
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
      const { rows: failures } = await client.query<{ natural_key: string }>(
        'select natural_key from platform.failures',
      );
      const failed = rows.filter(({ status }) => status === 'FAILURE').map(({ id }) => `task:${id}`);
      expect(failures.map(({ natural_key }) => natural_key).sort()).toEqual(failed.sort());
    } finally {
      await client.end();
    }
  });
});
