import { sql } from 'kysely';
import { updateHotItems } from '../../lambdas/recommender/hot/hot-store.ts';
import { dlae } from '../../lambdas/recommender/models/dlae.ts';
import { templateOf } from '../../lambdas/recommender/scenarios/templates.ts';
import { listParts, servingParts } from '../../lambdas/recommender/serving/compose.ts';
import type { ListPorts } from '../../lambdas/recommender/serving/compute-list.ts';
import { listBook } from '../../lambdas/recommender/serving/list-store.ts';
import { precompute } from '../../lambdas/recommender/serving/precompute.ts';
import { recommend } from '../../lambdas/recommender/serving/recommend.ts';
import { computeSimilarity } from '../../lambdas/recommender/similarity/similarity-store.ts';
import { type Benchmark, figure, say } from '../figures.ts';
import { type BenchDatabase, benchDatabase, measuredWith } from './measured.ts';

const items = 10_000;
const users = 2000;
const eventsOfAUser = 50;
const categories = 40;
// The first of them load what is loaded once.
const questions = 300;
const warm = 20;
const key = { tenant: 'shop', scenario: 'home' };
const now = new Date('2026-11-30T12:00:00Z');

/** What a function does between the request and its answer: all of `/recommend` but HTTP, each answer kept for attribution. */
export const benchmark: Benchmark = {
  title: `/recommend for 20 of ${items.toLocaleString('en')} items, ${users.toLocaleString('en')} users with ${eventsOfAUser} events each, one at a time`,
  async measure() {
    const database = await benchDatabase();
    try {
      await fill(database);
      await computeSimilarity(database.app, key, { now, days: 30 });
      await updateHotItems(database.app, key, now);
      const model = await trained(database);
      say('  filled and computed');
      const computed = await asked(database, model, 'computed');
      await precompute(key, {
        ...listParts(database.app, model),
        configOf: async () => templateOf('ecommerce'),
        lists: listBook(database.app),
        clock: () => now,
      });
      return [...computed, ...(await asked(database, model, 'precomputed'))];
    } finally {
      await database.stop();
    }
  },
};

type Source = 'computed' | 'precomputed';

async function asked(database: BenchDatabase, model: ListPorts['model'], source: Source) {
  const { serving } = servingParts(database.app, { clock: () => now, model, key: async () => 'a key of the bench' });
  const times: number[] = [];
  const ask = async (nth: number) => {
    const question = {
      key,
      user: `u${(nth * 7919) % users}`,
      count: 20,
      filters: { exclude_items: [], tags: [] },
      context: { interests: [] },
    };
    const began = performance.now();
    const answer = await recommend(question, serving);
    if (nth >= warm) times.push(performance.now() - began);
    if (answer.source !== source || answer.items.length !== 20)
      throw new Error(`Not what was to be measured: ${answer.source}`);
  };
  for (let nth = 0; nth < warm; nth += 1) await ask(nth);
  const { processor, server } = await measuredWith(database, async () => {
    for (let nth = warm; nth < questions + warm; nth += 1) await ask(nth);
  });
  say(`  ${source}`);
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const each = (seconds: number) => (seconds / questions) * 1000;
  return [
    figure(`${source}, median`, 'ms', [at(0.5)]),
    figure(`${source}, p99`, 'ms', [at(0.99)]),
    figure(`${source}, processor of an answer`, 'ms', [each(processor)]),
    ...(server === undefined ? [] : [figure(`${source}, the database’s`, 'ms', [each(server)])]),
  ];
}

async function fill({ admin }: BenchDatabase): Promise<void> {
  const { query } = admin;
  for (let day = 0; day <= 30; day += 1) {
    const date = new Date(now.getTime() - day * 86_400_000).toISOString().slice(0, 10);
    await sql`SELECT recommender.make_day('behaviors', ${date}::date)`.execute(query);
  }
  const chance = (seed: number, below: number) => sql.raw(`((hashint8extended(n, ${seed}) & 2147483647) % ${below})`);
  await sql`
    INSERT INTO recommender.items (tenant_id, scenario_id, item_id, metadata, category, tags, publish_time, status, message_time,
      message_offset, updated_at)
    SELECT 'shop', 'home', 'i' || n, jsonb_build_object('title', '物品第' || n || '号', 'description', repeat('一个好东西。', 20)),
      'c' || n % ${categories}::int, ARRAY['c' || n % ${categories}::int, 't' || n % 500],
      ${now}::timestamptz - make_interval(hours => (n % 2000)::int), 'active', now(), 0, now()
    FROM generate_series(0, ${items - 1}::int) AS n`.execute(query);
  await sql`
    INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, part, device, received_at)
    SELECT 'shop', 'home', 'u' || n % ${users}::int, 'i' || item, action, at, (at AT TIME ZONE 'UTC')::date, 'e' || n, 0, 'mobile', at
    FROM (
      SELECT n, (ARRAY['click', 'view', 'like', 'purchase', 'impression'])[1 + ${chance(1, 5)}] AS action,
        ${now}::timestamptz - make_interval(secs => 60 + ${chance(2, 29 * 86_400)}) AS at,
        CASE WHEN ${chance(3, 10)} < 8 THEN n % ${categories}::int + ${categories}::int * (${chance(4, items / categories)} * ${chance(5, items / categories)} / ${items / categories}::int)
          ELSE ${chance(6, items)} END AS item
      FROM generate_series(1, ${users * eventsOfAUser}::bigint) AS n
    ) AS made`.execute(query);
  await sql`ANALYZE recommender.behaviors, recommender.items`.execute(query);
}

// Fixed ones, for the quality is not what is measured.
const parameters = {
  lambda: 525,
  dropout: 0.72,
  nearWeight: 1.75,
  nearSeconds: 300,
  labelWeight: 0.1,
  yearWeight: 0,
  wordWeight: 0,
};

async function trained({ admin }: BenchDatabase): Promise<ListPorts['model']> {
  const { rows } = await sql<{ user: string; item: string; at: Date }>`
    SELECT user_id AS user, item_id AS item, at FROM recommender.behaviors WHERE action <> 'impression'`.execute(
    admin.query,
  );
  const catalogue = Array.from({ length: items }, (_, at) => ({ item: `i${at}`, tags: [`t${at % 500}`] }));
  const interactions = rows.map(({ user, item, at }) => ({ user, item, at: at.getTime() }));
  const model = dlae.fromBytes(dlae.fit(interactions, catalogue, parameters).toBytes());
  const online = {
    model_id: '00000000-0000-4000-8000-000000000001',
    score: (history: readonly { readonly item: string; readonly at: Date }[], k: number) =>
      model
        .score(
          history.map(({ item, at }) => ({ item, at: at.getTime() })),
          k,
        )
        .map(({ item, score, because }) => ({ item, score, because, reason: 'dlae model' })),
  };
  return async () => online;
}
