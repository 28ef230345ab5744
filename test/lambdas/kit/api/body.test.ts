import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { givenBody } from '#kit/api/body.ts';
import { BodyTooLargeError, PermanentError } from '#kit/errors.ts';
import { httpRequest } from '../../../support/lambda.ts';

const anything = z.unknown().refine((value) => value !== undefined);

/** A request as API Gateway hands it over: as text, or in base64. */
function sent(body: string | Buffer, type?: string): APIGatewayProxyEventV2 {
  const { headers, ...event } = httpRequest();
  const { 'content-type': _none, ...others } = headers;
  return {
    ...event,
    headers: type === undefined ? others : { ...others, 'content-type': type },
    body: typeof body === 'string' ? body : body.toString('base64'),
    isBase64Encoded: typeof body !== 'string',
  };
}

/** What the schema makes of it; its findings where it makes nothing. */
async function read(event: APIGatewayProxyEventV2, form: boolean): Promise<unknown> {
  const { schema, value } = await givenBody({ body: anything, ...(form ? { form } : {}) }, event);
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : parsed.error.issues.map(({ message }) => message);
}

const urlEncoded = 'application/x-www-form-urlencoded';

describe('url-encoded forms', () => {
  test.each([
    ['name=a%3Ab&args=%5B%22x+y%22%5D', { name: 'a:b', args: '["x y"]' }],
    ['desc=%E8%88%B9+%2B%20a', { desc: '船 + a' }],
    // As Flask's `form` had it: the first of two; a list of a client's own kind is a field of that name.
    ['name=a&name=b&args[]=1&args[]=2', { name: 'a', 'args[]': '1' }],
    // Every field of a form is sent, also what nobody filled in.
    ['name=a&username=&args=&__proto__=x', JSON.parse('{"name":"a","__proto__":"x"}')],
    ['name', {}],
    ['&&=&a=b', { a: 'b' }],
    ['name=%zz%00', { name: '%zz\0' }],
  ])('%s', async (body, fields) => {
    for (const type of [
      urlEncoded,
      `${urlEncoded}; charset=UTF-8`,
      `Application/X-WWW-Form-Urlencoded;charset=utf-8`,
    ]) {
      expect(await read(sent(body, type), true)).toEqual(fields);
      expect(await read(sent(Buffer.from(body), type), true)).toEqual(fields);
    }
  });

  test('are JSON, and none, where a route takes no forms', async () => {
    expect(await read(sent('name=a', urlEncoded), false)).toEqual(['Invalid input: not JSON.']);
  });
});

const part = (headers: string, value: string) => `--XX\r\n${headers}\r\n\r\n${value}\r\n`;
const named = (name: string) => `Content-Disposition: form-data; name="${name}"`;
const multipart = 'multipart/form-data; boundary=XX';

describe('multi-part forms', () => {
  test.each([
    ['curl -F and Python', multipart, `${part(named('name'), 'a:b')}${part(named('args'), '["船 +"]')}--XX--\r\n`],
    [
      'a boundary in quotes, and a charset',
      'Multipart/Form-Data; charset=utf-8; boundary="XX"',
      `${part(named('name'), 'a:b')}${part(named('args'), '["船 +"]')}--XX--`,
    ],
    [
      'Java',
      multipart,
      `${part(`${named('name')}\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit`, 'a:b')}${part(named('args'), '["船 +"]')}--XX--\r\n`,
    ],
    [
      'names of headers in lower case',
      multipart,
      `${part('content-disposition: form-data; name=name', 'a:b')}${part(named('args'), '["船 +"]')}--XX--\r\n`,
    ],
    [
      'a field that came as a file',
      multipart,
      `${part(named('name'), 'a:b')}${part(`${named('args')}; filename="args.json"\r\nContent-Type: application/json`, '["船 +"]')}--XX--\r\n`,
    ],
    [
      'a field twice, an empty one, words before and after',
      multipart,
      `hello\r\n${part(named('name'), 'a:b')}${part(named('name'), 'c:d')}${part(named('desc'), '')}${part(named('args'), '["船 +"]')}--XX--\r\nbye`,
    ],
  ])('%s', async (_what, type, body) => {
    expect(await read(sent(Buffer.from(body), type), true)).toEqual({ name: 'a:b', args: '["船 +"]' });
    expect(await read(sent(body, type), true)).toEqual({ name: 'a:b', args: '["船 +"]' });
  });

  test.each([
    ['without a boundary', 'multipart/form-data', `${part(named('a'), 'b')}--XX--`],
    ['with another boundary', 'multipart/form-data; boundary=YY', `${part(named('a'), 'b')}--XX--`],
    ['cut off', multipart, part(named('a'), 'b')],
    ['a part without a name', multipart, `${part('Content-Type: text/plain', 'b')}--XX--`],
    ['no form at all', multipart, '{"name":"a:b"}'],
  ])('one that is none is refused: %s', async (_what, type, body) => {
    await expect(givenBody({ body: anything, form: true }, sent(Buffer.from(body), type))).rejects.toThrow(
      PermanentError,
    );
  });
});

test('an empty body is a form without fields, and no JSON', async () => {
  for (const type of [undefined, urlEncoded, multipart, 'text/plain'])
    expect(await read(sent('', type), true)).toEqual({});
  expect(await read(sent('', 'application/json'), true)).toEqual(['Invalid input: not JSON.']);
  const { schema, value } = await givenBody({ body: z.object({}).default({}) }, sent(''));
  expect(schema.parse(value)).toEqual({});
});

test.each([
  ['{"a":[1]}', { a: [1] }],
  ['\ufeff{"a":"\\u8239"}', { a: '船' }],
  ['{"a":"[[[{{{\\"]]]"}', { a: '[[[{{{"]]]' }],
  [`${'['.repeat(500)}${']'.repeat(500)}`, JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)],
])('JSON, whatever its content type says: %s', async (body, value) => {
  for (const type of [
    undefined,
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/vnd.x+json',
  ])
    for (const form of [true, false]) expect(await read(sent(Buffer.from(body), type), form)).toEqual(value);
});

test.each([
  '{',
  "{'a': 1}",
  'name=a',
  'NaN',
  '[1,]',
  '"',
  '['.repeat(100_000),
  `${'{"a":'.repeat(501)}1${'}'.repeat(501)}`,
])('what is no JSON, or nested beyond sense, is told: %#', async (body) => {
  expect(await read(sent(body, 'application/json'), true)).toEqual(['Invalid input: not JSON.']);
});

test('a body is measured as it is, in base64 or not', async () => {
  const limit = 256 * 1024;
  const text = (length: number) => `"${'x'.repeat(length - 2)}"`;
  for (const body of [text(limit), Buffer.from(text(limit))])
    expect(await read(sent(body), false)).toHaveLength(limit - 2);
  for (const body of [text(limit + 1), Buffer.from(text(limit + 1))])
    await expect(read(sent(body), false)).rejects.toThrow(BodyTooLargeError);
});

test('whatever bytes come, they are read, found wrong or refused', async () => {
  const types = fc.constantFrom(
    multipart,
    urlEncoded,
    'application/json',
    undefined,
    'multipart/form-data; boundary=""',
  );
  const pieces = fc.constantFrom(
    '--XX',
    '--XX--',
    '\r\n',
    '\n',
    named('a'),
    'name="',
    '"',
    ':',
    '=',
    '&',
    '%',
    '[',
    '{',
    'é',
    '\0',
  );
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    fc.array(pieces).map((all) => Buffer.from(all.join(''))),
  );
  await fc.assert(
    fc.asyncProperty(bodies, types, fc.boolean(), async (body, type, form) => {
      const outcome = await read(sent(body, type), form).catch((error: unknown) => error);
      expect(outcome instanceof Error ? outcome : new PermanentError('')).toBeInstanceOf(PermanentError);
    }),
    { numRuns: 1000 },
  );
});

describe('text that is no text', () => {
  // JSON can write half a character; no encoding can, so no database either.
  test.each([
    ['"\\ud800"', []],
    ['{"idempotency_key":"a\\uD83D"}', ['idempotency_key']],
    ['{"a":[{"b":["x","\\udc00\\ud83d"]}]}', ['a', 0, 'b', 1]],
    ['{"a":{"b\\ud800":1}}', ['a', 'b\ufffd']],
  ])('%s is told at its place', async (body, path) => {
    const { schema, value } = await givenBody({ body: anything }, sent(body, 'application/json'));

    expect(schema.safeParse(value).error?.issues).toMatchObject([{ message: 'Not a valid string.', path }]);
  });

  test.each(['"\\ud83d\\ude00"', '"\\\\ud800"', '{"\\ud83d\\udea2":["\\u0000"]}'])('%s is', async (body) => {
    expect(await read(sent(body, 'application/json'), false)).toEqual(JSON.parse(body));
  });
});

test.each([
  ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects', `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`],
])('%s nested deeper than anything that means something are no JSON', async (_name, body) => {
  expect(await read(sent(body, 'application/json'), false)).toEqual(['Invalid input: not JSON.']);
});
