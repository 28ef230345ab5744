import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { PermanentError } from '../../../../lambdas/kit/errors.ts';
import { asStorableJson, isStorable, storableJson, storableText } from '../../../../lambdas/kit/text/storable.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});

afterAll(() => database?.stop());

const character = fc.constantFrom(
  '\0',
  '\ud83d',
  '\ude00',
  'a',
  '中',
  '\ufffd',
  '\u001f',
  '\uffff',
  '\\',
  'u0000',
  '"',
);
const text = fc.string({ unit: character, maxLength: 12 });
// Node.js 24 reads a key with an escape in it wrong now and then (https://github.com/nodejs/node/issues/63785): the way
// back, which is read here, has no such keys.
const key = text.filter((drawn) => JSON.stringify(storableText(drawn)) === `"${storableText(drawn)}"`);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.constantFrom(null, true, 1.5),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('PostgreSQL takes the text, and gives back the same', async () => {
  const texts = fc.sample(text, 300).map(storableText);
  const { rows } = await sql<{ kept: string[]; parsed: string[] }>`
    SELECT ${texts}::text[] AS kept, array(SELECT json_array_elements_text(${JSON.stringify(texts)}::json)) AS parsed`.execute(
    database.app.query,
  );

  expect(rows).toEqual([{ kept: texts, parsed: texts }]);
});

test('PostgreSQL takes the JSON value as jsonb, and gives back the same', async () => {
  const values = fc.sample(json, 300).map(storableJson);
  const { rows } = await sql<{ kept: unknown }>`SELECT ${JSON.stringify(values)}::jsonb AS kept`.execute(
    database.app.query,
  );

  expect(rows[0]?.kept).toEqual(JSON.parse(JSON.stringify(values)));
});

test('only what PostgreSQL has no place for is replaced, character for character', () => {
  expect(storableText('a\0b\ud800c\udc00😀\u0001\uffff')).toBe('a\ufffdb\ufffdc\ufffd😀\u0001\uffff');
  fc.assert(fc.property(text, (given) => storableText(given).length === given.length));
});

test('names and texts are replaced however deep they are', () => {
  const given = JSON.parse('{"a\\u0000":["x\\ud800",{"__proto__":"\\u0000"}],"n":1,"t":true,"z":null}');

  expect(JSON.stringify(storableJson(given))).toBe(
    '{"a\ufffd":["x\ufffd",{"__proto__":"\ufffd"}],"n":1,"t":true,"z":null}',
  );
});

test('a parameter with NUL is told apart', () => {
  expect(['', 'a', 'a\0', '\ud800'].map(isStorable)).toEqual([true, true, false, true]);
});

test('a value of too many levels is refused before PostgreSQL’s stack or our own ends', async () => {
  const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
  const objects = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

  for (const of of [nested, objects]) {
    expect(() => storableJson(of(201))).toThrow(PermanentError);
    expect(() => storableJson(of(300_000))).toThrow('more than 200 levels');
    const text = JSON.stringify(storableJson(of(200)));
    await sql`SELECT ${text}::jsonb`.execute(database.app.query);
  }
  const schema = z.record(z.string(), z.unknown()).transform(asStorableJson);
  expect(schema.safeParse({ a: nested(300_000) }).error?.issues).toMatchObject([
    { message: 'has more than 200 levels' },
  ]);
  expect(schema.parse({ a: 'x\0' })).toEqual({ a: 'x\ufffd' });
});
