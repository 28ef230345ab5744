import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureView, hostCounts } from '../../../../lambdas/tagger/stores/failure-view-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

test('whatever text failed is given back: one odd dead letter doesn’t hide all others', async () => {
  const inputs = ['{"raw_json":{"a":1}}', '{"b":2}', '{"raw_json":null}', 'not json', 'null', '', '"word"', '5', null];
  for (const [index, input] of inputs.entries())
    await sql`
      INSERT INTO platform.failures
        (natural_key, workload, source_kind, source_name, reason, message, input, input_key, attributes,
          occurred_at)
      VALUES (${`k-${index}`}, 'tagger', 'queue', 'fetch-page', 'Away', 'm', ${input},
        ${input === null ? 'large' : null}, '{}', ${new Date(index * 1000)})`.execute(database.admin.query);

  const { data, total } = await failureView(database.app)({ reason: 'Away', start: 0, length: 50 });

  expect(total).toBe(inputs.length);
  const expected = [{ a: 1 }, { b: 2 }, null, 'not json', 'null', '', '"word"', '5', null];
  expect(data.map(({ raw_json }) => raw_json).toReversed()).toEqual(expected);
});

test('pages that could not be had are counted by host, also those of before hosts were noted', async () => {
  const failures = [
    ['noted.example', 'NotFound', 'open', 1],
    ['noted.example', 'NotFound', 'resolved', 2],
    ['noted.example', 'TooLarge', 'open', 1],
    [undefined, 'Away', 'open', 1],
    ['old.example', 'Away', 'open', 20],
  ] as const;
  for (const [index, [host, reason, state, days]] of failures.entries())
    await sql`
      INSERT INTO platform.failures
        (natural_key, workload, source_kind, source_name, reason, message, input, attributes, state, occurred_at)
      VALUES (${`host-${index}`}, 'tagger', 'step', 'fetch-page', ${reason},
        'in.messages, partition 0, offset 7: https://me:secret@told.example:8443/a?b: Away', '{}',
        ${JSON.stringify(host === undefined ? {} : { host })}, ${state}, now() - make_interval(days => ${days}))`.execute(
      database.admin.query,
    );
  const countHosts = hostCounts(database.app);

  expect(await countHosts(7)).toEqual([
    {
      host: 'noted.example',
      count: 3,
      open: 2,
      last_at: expect.any(Date),
      reasons: { NotFound: 2, TooLarge: 1 },
    },
    { host: 'told.example:8443', count: 1, open: 1, last_at: expect.any(Date), reasons: { Away: 1 } },
  ]);
  expect((await countHosts(90)).map(({ host }) => host)).toContain('old.example');
});
