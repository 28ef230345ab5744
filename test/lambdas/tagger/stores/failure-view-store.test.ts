import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureView } from '../../../../lambdas/tagger/stores/failure-view-store.ts';
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
