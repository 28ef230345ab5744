import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import pg from 'pg';
import { keptToken } from '../../local/callers/console-token.ts';
import { askConsole, startStackProcess } from '../../test/support/stack-process.ts';
import { type Benchmark, type Figure, figure, say } from '../figures.ts';
import { type CeleryFigures, celeryBaseline } from './celery-baseline.ts';

const runs = 3;
const single = 200;
const warmUp = 50;
const many = 3000;
const overHttp = 1000;
const callers = 4;
const longOnes = 50;
const name = 'tasks.general.example:word_count';
const content = 'the quick brown fox jumps over the lazy dog '.repeat(10);

/** POST /api/v1/tasks/submit to the end of the task, as `npm start` runs it; and the same work by Celery and Redis. */
export const benchmark: Benchmark = {
  title: `a count of 90 words as a task: ${single} one by one, ${many.toLocaleString('en')} at once (${overHttp.toLocaleString('en')} over HTTP)`,
  async measure() {
    const celery = await celeryBaseline();
    const stack = await startTasks();
    try {
      await stack.oneByOne(warmUp);
      const ours: Ours[] = [];
      const theirs: CeleryFigures[] = [];
      for (let run = 1; run <= runs; run += 1) {
        const times = await stack.oneByOne(single);
        const besideLong = await stack.besideLong(single);
        const [http, workers] = [await stack.overHttp(overHttp), await stack.byWorkers(many)];
        ours.push({ ...times, besideLong, overHttp: http, byWorkers: workers });
        if (celery) theirs.push(await celery.measure({ single, many, content }));
        say(`  round ${run} of ${runs}`);
      }
      return [...figuresOf(ours), ...celeryFigures(theirs)];
    } finally {
      await stack.stop();
      await celery?.stop();
    }
  },
};

interface Times {
  readonly submits: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

interface Ours extends Times {
  readonly besideLong: readonly number[];
  readonly overHttp: number;
  readonly byWorkers: number;
}

function figuresOf(ours: readonly Ours[]): Figure[] {
  const at = (share: number, times: (one: Ours) => readonly number[]) =>
    ours.map((one) => percentile(times(one), share));
  return [
    figure(
      'submit, p50',
      'ms',
      at(0.5, ({ submits }) => submits),
    ),
    figure(
      'submit, p99',
      'ms',
      at(0.99, ({ submits }) => submits),
    ),
    figure(
      'submit to started, p50',
      'ms',
      at(0.5, ({ starts }) => starts),
    ),
    figure(
      'submit to started, p99',
      'ms',
      at(0.99, ({ starts }) => starts),
    ),
    figure(
      'submit to ended, p50: the overhead of a task',
      'ms',
      at(0.5, ({ ends }) => ends),
    ),
    figure(
      `the same behind ${longOnes} tasks that wait for minutes, p50`,
      'ms',
      at(0.5, ({ besideLong }) => besideLong),
    ),
    figure(
      `the same behind ${longOnes} tasks that wait for minutes, p99`,
      'ms',
      at(0.99, ({ besideLong }) => besideLong),
    ),
    figure(
      'one worker pool, all tasks queued',
      'tasks/s',
      ours.map(({ byWorkers }) => byWorkers),
    ),
    figure(
      `submitted by ${callers} callers over HTTP, to the last end`,
      'tasks/s',
      ours.map(({ overHttp }) => overHttp),
    ),
  ];
}

function celeryFigures(theirs: readonly CeleryFigures[]): Figure[] {
  if (theirs.length === 0) return [];
  const all = (value: (one: CeleryFigures) => number) => theirs.map(value);
  return [
    figure(
      'Celery and Redis: submit, p50',
      'ms',
      all(({ submit_p50 }) => submit_p50),
    ),
    figure(
      'Celery and Redis: submit, p99',
      'ms',
      all(({ submit_p99 }) => submit_p99),
    ),
    figure(
      'Celery and Redis: submit to started, p50',
      'ms',
      all(({ started_p50 }) => started_p50),
    ),
    figure(
      'Celery and Redis: submit to started, p99',
      'ms',
      all(({ started_p99 }) => started_p99),
    ),
    figure(
      'Celery and Redis: submit to result, p50',
      'ms',
      all(({ ended_p50 }) => ended_p50),
    ),
    figure(
      'Celery and Redis: two workers, to the last end',
      'tasks/s',
      all(({ per_second }) => per_second),
    ),
  ];
}

const longOne = { name: 'tasks.general.example:wait', kwargs: { seconds: 830 } };

/** The stack as a process of its own, and what asks it. */
async function startTasks() {
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  const stack = await startStackProcess(directory, {
    CALLER_REQUESTS_PER_SECOND: '100000',
    CALLER_BURST: '100000',
    POWERTOOLS_LOG_LEVEL: 'WARN',
  });
  const at = await askConsole<{ api: string; sqs: string }>(stack, '/stack');
  const authorization = `Bearer ${await keptToken(directory)}`;
  const pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 });
  const sqs = new SQSClient({ region, credentials: stack.credentials, endpoint: at.sqs });
  const post = async (route: string, body: object) => {
    const response = await fetch(`${at.api.replace(/\/$/, '')}/api/v1${route}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${route} was answered ${response.status}: ${text}`);
    return (JSON.parse(text) as { data: { task_id: string } }).data.task_id;
  };
  const submit = () => post('/tasks/submit', { name, args: [content] });
  return {
    oneByOne: (count: number) => oneByOne(count, submit, pool),
    async besideLong(count: number) {
      // More at once than the API's functions have places would be refused.
      const waiting = await inLanes(longOnes, () => post('/tasks/submit', longOne));
      const { ends } = await oneByOne(count, submit, pool);
      for (const id of waiting) await post(`/task/${id}/terminate`, {});
      await lastEnd(waiting, pool);
      return ends;
    },
    async overHttp(count: number) {
      const began = now();
      const ids = await inLanes(count, submit);
      return (count * 1000) / ((await lastEnd(ids, pool)) - began);
    },
    byWorkers: (count: number) => byWorkers(count, { pool, sqs, queueUrl: `${at.sqs}/000000000000/${queueName}` }),
    async stop() {
      await pool.end();
      await stack.interrupt();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const queueName = 'millrace-dev-tasks-run-tasks';

/** Each waits for the end of the one before: nothing but the way is measured. */
async function oneByOne(count: number, submit: () => Promise<string>, pool: pg.Pool): Promise<Times> {
  const [submits, starts, ends]: [number[], number[], number[]] = [[], [], []];
  for (let task = 0; task < count; task += 1) {
    const before = now();
    const id = await submit();
    submits.push(now() - before);
    const ended = await lastEnd([id], pool);
    const { rows } = await pool.query<{ at: Date }>('select started_at as at from tasks.tasks where id = $1', [id]);
    starts.push((rows[0]?.at.getTime() ?? Number.NaN) - before);
    ends.push(ended - before);
  }
  return { submits, starts, ends };
}

async function inLanes(count: number, work: () => Promise<string>): Promise<readonly string[]> {
  const done: string[] = [];
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      done.push(await work());
    }
  };
  await Promise.all(Array.from({ length: callers }, lane));
  return done;
}

/** Rows and messages as a submission leaves them, put there at once: the workers alone are measured. */
async function byWorkers(
  count: number,
  { pool, sqs, queueUrl }: { readonly pool: pg.Pool; readonly sqs: SQSClient; readonly queueUrl: string },
): Promise<number> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into tasks.tasks (id, username, name, host, args, kwargs, input, retries)
     select gen_random_uuid(), 'bench', $1, 'worker', $2::json, '{}', $3::json, 2 from generate_series(1, $4) returning id`,
    [name, JSON.stringify([content]), JSON.stringify({ content }), count],
  );
  const ids = rows.map(({ id }) => id);
  for (let sent = 0; sent < ids.length; sent += 10) {
    const Entries = ids.slice(sent, sent + 10).map((task_id, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({ task_id }),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
  const ended = await lastEnd(ids, pool);
  const first = await pool.query<{ at: Date }>('select min(started_at) as at from tasks.tasks where id = any($1)', [
    ids,
  ]);
  return (count * 1000) / (ended - (first.rows[0]?.at.getTime() ?? Number.NaN));
}

/** When the last of them ended, by the database's clock, which is this machine's. */
async function lastEnd(ids: readonly string[], pool: pg.Pool): Promise<number> {
  // Often enough for one, seldom enough for thousands.
  const everyMs = ids.length === 1 ? 2 : 100;
  for (;;) {
    const { rows } = await pool.query<{ open: number; at: Date; failed: number }>(
      `select count(*) filter (where ended_at is null)::int as open, max(ended_at) as at,
         count(*) filter (where status = 'FAILURE')::int as failed from tasks.tasks where id = any($1)`,
      [ids],
    );
    const [row] = rows;
    if (!row || row.failed > 0) throw new Error(`${row?.failed} tasks failed`);
    if (row.open === 0) return row.at.getTime();
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

const now = () => performance.timeOrigin + performance.now();

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
