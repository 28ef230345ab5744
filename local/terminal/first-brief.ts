import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { tokenOf } from '../callers/console-token.ts';
import type { Stack } from '../stack.ts';

/** What `npm start` asks for, once: a keyword on all platforms, a page or two of each. */
function order(today: string) {
  const job_content = [
    { platform: '1/2/3/4/5', keywords: '精华水', limitnum: 20, starttime: 20160101, endtime: Number(today) },
  ];
  return { job_name: '示例工单', job_desc: { job_content }, idempotency_key: 'npm-start' };
}

interface Viewed {
  readonly jobUuid: string;
  readonly state: string;
  readonly data: readonly {
    readonly stageUuid: string;
    readonly stageState: string;
    readonly remarks: string | null;
    readonly data_list: readonly { readonly platform: unknown; readonly article_sum_num: number }[];
  }[];
}

// A brief like this takes some seconds; other output is printed meanwhile.
const pollMs = 1000;

/** Submits a small brief, follows it to its end and tells where its zip lies. Ends early when the signal aborts; the brief goes on. */
export async function runFirstBrief(stack: Stack, consoleUrl: string, signal: AbortSignal): Promise<void> {
  // Real platforms are never asked for the sake of an example.
  if (!stack.wiring.api || !stack.services.platforms || signal.aborted) return;
  const before = performance.now();
  const { jobUuid } = await ask<{ readonly jobUuid: string }>(
    stack,
    '/dts-auto-brief/job/submit',
    order(dayInShanghai()),
  );
  await untilEnded(stack.services.postgres.url('postgres', 'millrace'), jobUuid, signal);
  if (signal.aborted) return;
  const brief = await view(stack, jobUuid);
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  for (const { stageUuid, data_list } of brief.data) {
    const articles = data_list.reduce((sum, { article_sum_num }) => sum + article_sum_num, 0);
    stack.log.say(
      `Brief          ${brief.state} (${seconds} s), ${articles} articles of ${data_list.length} platforms`,
    );
    const bucket = stack.model.buckets.find(({ notifiesEventBus }) => notifiesEventBus)?.name;
    stack.log.say(`Its zip        ${consoleUrl}/buckets/${bucket}/briefs/${stageUuid}.zip`);
  }
}

/** Looks into the database, because each request to the API would print a line of the log. */
async function untilEnded(databaseUrl: string, brief: string, signal: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    while (!signal.aborted) {
      const { rows } = await client.query('SELECT FROM briefs.briefs WHERE uuid = $1 AND ended_at IS NULL', [brief]);
      if (rows.length === 0) return;
      await sleep(pollMs);
    }
  } finally {
    await client.end();
  }
}

function view(stack: Stack, job_uuid: string): Promise<Viewed> {
  return ask<Viewed>(stack, '/dts-auto-brief/job/view', { job_uuid });
}

async function ask<T>({ wiring, services }: Stack, route: string, body: object): Promise<T> {
  const response = await fetch(`${wiring.api?.url}${route}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(services)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer = response.ok ? (JSON.parse(text) as { err_code: number; data: T }) : undefined;
  if (answer?.err_code !== 0) throw new Error(`POST ${route} answered ${response.status}: ${text}`);
  return answer.data;
}

/** `20261130`. */
function dayInShanghai(now = new Date()): string {
  return new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
}
