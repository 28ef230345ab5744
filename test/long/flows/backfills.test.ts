import { afterAll, beforeAll, expect, test } from 'vitest';
import { seasonBefore, seasonOf } from '../../../lambdas/presale/publication/season.ts';
import { type Flow, startFlow } from '../../flows/flow.ts';

/** A range of seasons through the whole stack: estimate, turns, starts, runs. */

let flow: Flow;

beforeAll(async () => {
  flow = await startFlow({ BACKFILL_PACE_SECONDS: '1', PRESALE_RETRY_SECONDS: '1', PRESALE_MAX_ATTEMPTS: '1' });
});

afterAll(() => flow?.stop());

interface Planned {
  readonly id?: number;
  readonly estimate: Readonly<Record<string, unknown>>;
}
interface Told {
  readonly ended_at: string | null;
  readonly items: readonly { readonly name: string; readonly state: string }[];
}

async function post(body: object): Promise<{ status: number; planned: Planned }> {
  const answer = await flow.ask('/presale/backfills', { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, planned: (answer.body as { result: Planned }).result };
}

async function told(id: number | undefined): Promise<Told> {
  return ((await flow.ask(`/platform/backfills/${id}`)).body as { result: Told }).result;
}

// The last two seasons that are over: the site has their files.
const last = seasonBefore(seasonOf(new Date().toISOString().slice(0, 10)));
const range = { from: seasonBefore(last), to: last, counties: ['W', 'Z'] };

test('two seasons are run one after another, as by hand, and then count as run', { timeout: 600_000 }, async () => {
  const unknown = await post({ ...range, dry_run: true });
  expect(unknown).toMatchObject({
    status: 200,
    planned: { estimate: { items: 2, have_run: 0, to_start: 2, minutes: 'unknown', cost_usd: 'unknown' } },
  });
  expect(unknown.planned.id).toBeUndefined();

  const { status, planned } = await post(range);
  expect(status).toBe(202);
  await expect
    .poll(async () => (await told(planned.id)).items.map(({ name, state }) => `${name} ${state}`), {
      timeout: 600_000,
      interval: 300,
    })
    .toEqual([`${range.from} succeeded`, `${range.to} succeeded`]);
  await expect.poll(async () => (await told(planned.id)).ended_at, { timeout: 300_000, interval: 300 }).not.toBeNull();

  const runs = await flow.rows<{ name: string; ended_at: Date; started_at: Date; lost: string; rows_in: string }>(
    `select name, started_at, ended_at, lost, rows_in from platform.runs where kind = 'season' order by name`,
  );
  const [first, second] = runs;
  expect(runs.map(({ name, lost }) => [name, lost])).toEqual([
    [range.from, '0'],
    [range.to, '0'],
  ]);
  expect(Number(second?.rows_in)).toBeGreaterThan(0);
  expect(second?.started_at.getTime()).toBeGreaterThanOrEqual(first?.ended_at.getTime() ?? Number.NaN);

  const again = await post({ ...range, dry_run: true });
  expect(again.planned.estimate).toMatchObject({ have_run: 2, to_start: 0 });
  const all = await post({ ...range, again: true, dry_run: true });
  expect(all.planned.estimate).toMatchObject({ have_run: 0, to_start: 2, earlier_runs: 2 });
  expect(all.planned.estimate.minutes).toBeTypeOf('number');
  expect(all.planned.estimate.cost_usd).toBeGreaterThan(0);
});

test('each run is told with what came in and what became of it', async () => {
  const { body } = await flow.ask(`/platform/runs/presale/${range.to}`);
  const { result } = body as { result: { id: number; counts: Record<string, number>; state: string } };

  expect(result).toMatchObject({ state: 'succeeded', kind: 'season', lost: 0 });
  const { out = 0, failed = 0, filtered = 0, waiting = 0 } = result.counts;
  expect(result.counts.in).toBe(out + failed + filtered + waiting);
  expect(await flow.ask(`/platform/runs/${result.id}`)).toMatchObject({
    status: 200,
    body: { result: { id: result.id } },
  });
  expect((await flow.ask('/platform/runs?workload=presale&state=succeeded&lost=false')).body).toMatchObject({
    result: { total: 2, data: [{ name: range.to }, { name: range.from }] },
  });
});

test.each([
  ['/presale/backfills', { from: '111S5', to: '112S1' }],
  ['/presale/backfills', { from: '112S1', to: '111S1' }],
  ['/presale/backfills', { from: '111S1', to: '199S1' }],
  ['/platform/backfills', { schedule: 'presale/nothing', from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }],
  ['/platform/backfills', { schedule: 'presale/start-publication', from: '2026-01-01', to: '2026-02-01T00:00:00Z' }],
])('%s refuses %j', async (route, body) => {
  expect(await flow.ask(route, { method: 'POST', body: JSON.stringify(body) })).toMatchObject({
    status: 400,
    body: { error: 'Bad Request' },
  });
});
