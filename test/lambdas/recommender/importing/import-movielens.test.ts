import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { userHash } from '../../../../lambdas/recommender/erasure/user-hash.ts';
import { readItems, textOf } from '../../../../lambdas/recommender/importing/read-items.ts';
import { readRatings } from '../../../../lambdas/recommender/importing/read-ratings.ts';
import { trainingRows } from '../../../../lambdas/recommender/registry/training-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { emptied } from '../scenario-under-test.ts';

let database: TestDatabase<unknown>;
let folder: string;
beforeAll(async () => {
  database = await startTestDatabase<unknown>();
  folder = await mkdtemp(join(tmpdir(), 'millrace-import-'));
});
beforeEach(async () => {
  await emptied(database);
  await sql`TRUNCATE recommender.erased_users`.execute(database.admin.query);
});
afterAll(async () => {
  await database.stop();
  await rm(folder, { recursive: true, force: true });
});

// Of 1997 and 2000, not in their order.
const ratings = [
  'ann\tf1\t5\t874965758',
  'bob\tf1\t2\t874965800',
  'ann\tf2\t4\t978300760',
  'bob\tf9\t3\t874965758',
  '',
];
const flags = (place: number) => Array.from({ length: 19 }, (_, at) => (at === place ? '1' : '0')).join('|');
const films = [
  `f1|Los niños (1995)|01-Jan-1995||http://films.example/f1|${flags(8)}`,
  `f2|Nowhere (1996)|29-Feb-1996|||${flags(0)}`,
];

/** Runs the command as a person does. */
async function imported(lines: readonly string[], items: readonly string[], more: readonly string[] = [], env = {}) {
  const [ratingsFile, itemsFile] = [join(folder, 'u.data'), join(folder, 'u.item')];
  await writeFile(ratingsFile, lines.join('\n'));
  await writeFile(itemsFile, Buffer.from(items.join('\n'), 'latin1'));
  const whose = ['--tenant', 'site', '--scenario', 'films', '--database', database.url];
  const words = ['local/commands/import-behavior.ts', ratingsFile, itemsFile, ...whose, ...more];
  const { stdout } = await promisify(execFile)(process.execPath, words, { env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

async function kept() {
  const { rows } = await sql<Record<string, unknown>>`
    SELECT user_id, item_id, action, day, extra FROM recommender.behaviors
    WHERE tenant_id = 'site' AND scenario_id = 'films' ORDER BY at, user_id`.execute(database.app.query);
  return rows;
}

test('a file of the past is in its days, with items, and the same file again brings nothing new', async () => {
  const first = await imported(ratings, films);
  const again = await imported(ratings, films);

  expect(first).toMatchObject({ behavior: { in: 4, stored: 4, repeated: 0 }, items: { in: 2, inserted: 2 }, days: 2 });
  expect(again).toMatchObject({ behavior: { in: 4, stored: 0, repeated: 4 } });
  expect(await kept()).toEqual([
    { user_id: 'ann', item_id: 'f1', action: 'like', day: '1997-09-22', extra: { rating: 5 } },
    { user_id: 'bob', item_id: 'f9', action: 'view', day: '1997-09-22', extra: { rating: 3 } },
    { user_id: 'bob', item_id: 'f1', action: 'view', day: '1997-09-22', extra: { rating: 2 } },
    { user_id: 'ann', item_id: 'f2', action: 'like', day: '2000-12-31', extra: { rating: 4 } },
  ]);
  const { rows: items } = await sql`
    SELECT item_id, title, tags, status FROM recommender.items ORDER BY item_id`.execute(database.app.query);
  expect(items).toEqual([
    { item_id: 'f1', title: 'Los niños (1995)', tags: ['Drama'], status: 'active' },
    { item_id: 'f2', title: 'Nowhere (1996)', tags: [], status: 'active' },
    { item_id: 'f9', title: null, tags: [], status: 'inactive' },
  ]);
  const { rows: late } = await sql`SELECT FROM recommender.late_behaviors`.execute(database.app.query);
  expect(late).toHaveLength(0);
});

test('times moved to a given moment are what a model is trained on', async () => {
  await imported(ratings, films, ['--newest-at', '2026-11-29T00:00:00Z']);

  const key = { tenant: 'site', scenario: 'films' };
  const month = [new Date('2026-10-31T00:00:00Z'), new Date('2026-11-30T00:00:00Z')] as const;
  expect(await trainingRows(database.app).interactions(key, ...month)).toEqual([
    { user: 'ann', item: 'f2', at: Date.parse('2026-11-29T00:00:00Z') },
  ]);
});

test('one wrong line, and nothing is stored; all of them are told', async () => {
  const wrong = [
    ...ratings,
    'ann,f1,5,874965758',
    'ann\tf3\tgood\t874965758',
    '\tf3\t5\t874965758',
    'ann\tf3\t5\ttoday',
  ];

  await expect(imported(wrong, films)).rejects.toThrow(
    /4 lines are wrong:.*line 6: has 1 fields.*line 7: the rating "good".*line 8: names no user.*line 9: "today" is no time/s,
  );
  expect(await kept()).toHaveLength(0);
});

test.each([
  ['f1', /line 1: has no title/],
  ['f1|Film|1995-01-01||', /line 1: "1995-01-01" is no day/],
  ['f1|Film|30-Feb-1995||', /line 1: "30-Feb-1995" is no day/],
  ['f1|Film||||1|0|2', /line 1: has other flags of genres/],
])('an item of the line %s is refused', (line, reason) => {
  expect(() => readItems('u.item', line)).toThrow(reason);
});

test('an id that the store can’t hold is told with its line', () => {
  const wanted = { tenant_id: 'site', scenario_id: 'films', received: new Date(0) };

  expect(() => readRatings('u.data', `\n${'x'.repeat(201)}\tf1\t5\t1`, wanted)).toThrow(/line 2: .*user_id/);
});

test('whoever was erased doesn’t come back, and without the key of the hashes nothing is brought in', async () => {
  const key = 'a key of the test';
  await sql`
    INSERT INTO recommender.erased_users (tenant_id, user_hash)
    VALUES ('site', ${userHash(key, 'site', 'bob')})`.execute(database.app.query);

  await expect(imported(ratings, films)).rejects.toThrow(/RECOMMENDER_ERASURE_KEY/);
  const withKey = await imported(ratings, films, [], { RECOMMENDER_ERASURE_KEY: key });

  expect(withKey.behavior).toEqual({ in: 4, stored: 2, repeated: 0, erased: 2 });
  expect((await kept()).map(({ user_id }) => user_id)).toEqual(['ann', 'ann']);
});

test('a file of items in UTF-8 is read as that', () => {
  expect(textOf(Buffer.from('千と千尋の神隠し'))).toBe('千と千尋の神隠し');
});
