import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dynamicPassword, sha256 } from '#kit/api/authentication/schemes.ts';
import {
  FieldMissingError,
  RequestExpiredError,
  TooManyRequestsError,
  UnauthorizedError,
  WrongFieldTypeError,
} from '#kit/errors.ts';
import { basic, byBasic, byHmac, door, mei, request, type Sent, second, user } from './door.ts';

const unknown = new UnauthorizedError('The user is unknown or the password is wrong.');

describe('who is let in', () => {
  test.each([`${second}`, `${second}.0`])('Basic over %s, whichever of both is in _', async (form) => {
    const { authenticate } = door();
    const caller = { name: 'mei', scheme: 'basic', permissions: ['admin'] };

    expect(await authenticate(byBasic(mei, {}, form))).toEqual(caller);
    expect(await authenticate(byBasic(mei, { timestamp: `${second}.0` }, form))).toEqual(caller);
  });

  test('HMAC over method, path, timestamp and body', async () => {
    const event = byHmac(mei, { method: 'POST', path: '/api/v1/tasks/submit', body: '{}' }, '/api/v1/tasks/submit');

    expect(await door().authenticate(event)).toEqual({ name: 'mei', scheme: 'hmac', permissions: ['admin'] });
  });

  test('a Bearer token, without a timestamp or with an old one', async () => {
    const caller = { name: 'bot', scheme: 'bearer', permissions: [] };

    expect(await door().authenticate(request({ authorization: 'Bearer bot-token' }))).toEqual(caller);
    const old = request({ authorization: 'Bearer bot-token', timestamp: '1' });
    expect(await door({ timestampFirst: true }).authenticate(old)).toEqual(caller);
  });

  test('for an unknown name the users are read again, once', async () => {
    const { authenticate, renewals } = door({ later: [user('new')] });

    expect(await authenticate(byBasic(user('new')))).toMatchObject({ name: 'new' });
    expect(renewals()).toBe(1);
  });
});

describe('who is not', () => {
  test.each([
    ['a wrong password', basic('mei', 'x'.repeat(32))],
    ['the real password', basic('mei', 's3cret')],
    ['the right password in upper case', basic('mei', dynamicPassword('s3cret', `${second}`).toUpperCase())],
    ['the password of another second', basic('mei', dynamicPassword('s3cret', `${second - 1}`))],
    ['nobody of that name', basic('nobody', dynamicPassword('s3cret', `${second}`))],
    ['a user who is disabled', basic('gone', dynamicPassword('real gone', `${second}`))],
    ['no password', basic('mei', '')],
    ['a signature of something else', `Millrace mei:${'0'.repeat(64)}`],
    ['a signature of nobody', `Millrace nobody:${'0'.repeat(64)}`],
  ])('%s: one text for all', async (_what, authorization) => {
    await expect(door().authenticate(request({ authorization, timestamp: `${second}` }))).rejects.toThrow(unknown);
  });

  test.each(['bot-toke', 'bot-token2', 'BOT-TOKEN', 'gone-token', sha256('bot-token')])('Bearer %s', async (token) => {
    const refused = new UnauthorizedError('The token is not valid.');

    await expect(door().authenticate(request({ authorization: `Bearer ${token}` }))).rejects.toThrow(refused);
  });

  test('a signature of another query, where something may change or the query was signed', async () => {
    const { authenticate } = door();
    const read = { path: '/a', query: 'page=2' };
    const written = { ...read, method: 'POST' };

    await expect(authenticate(byHmac(mei, written, '/a'))).rejects.toThrow(unknown);
    await expect(authenticate(byHmac(mei, written, '/a?page=3'))).rejects.toThrow(unknown);
    await expect(authenticate(byHmac(mei, read, '/a?page=3'))).rejects.toThrow(unknown);
    expect(await authenticate(byHmac(mei, written, '/a?page=2'))).toMatchObject({ name: 'mei' });
    expect(await authenticate(byHmac(mei, read, '/a'))).toMatchObject({ name: 'mei' });
  });
});

describe('the order of what is looked at', () => {
  const order = async (sent: Sent, timestampFirst: boolean, age = 0) =>
    door({ timestampFirst, age })
      .authenticate(request(sent))
      .catch((error: Error) => error.name);
  const wrong = basic('mei', 'wrong');

  test('on the routes of tasks: the timestamp, whether it is of now, then the header', async () => {
    expect(await order({}, true)).toBe('FieldMissingError');
    expect(await order({ authorization: 'Digest x' }, true)).toBe('FieldMissingError');
    expect(await order({ authorization: wrong }, true)).toBe('FieldMissingError');
    expect(await order({ timestamp: '' }, true)).toBe('FieldMissingError');
    expect(await order({ timestamp: 'x' }, true)).toBe('WrongFieldTypeError');
    expect(await order({ timestamp: `${second}` }, true, 61)).toBe('RequestExpiredError');
    expect(await order({ timestamp: `${second}` }, true)).toBe('UnauthorizedError');
  });

  test('elsewhere who brings nothing of ours is unauthorized at once, and the rest is the same', async () => {
    expect(await order({}, false)).toBe('UnauthorizedError');
    expect(await order({ authorization: 'Digest x' }, false)).toBe('UnauthorizedError');
    expect(await order({ authorization: wrong }, false)).toBe(FieldMissingError.name);
    expect(await order({ authorization: 'Millrace x', timestamp: 'x' }, false)).toBe(WrongFieldTypeError.name);
    expect(await order({ authorization: wrong, timestamp: `${second}` }, false, -61)).toBe(RequestExpiredError.name);
    expect(await order({ authorization: wrong, timestamp: `${second}` }, false, 60)).toBe('UnauthorizedError');
  });

  test.each([
    [60, 'mei'],
    [-60, 'mei'],
    [61, 'RequestExpiredError'],
    [-61, 'RequestExpiredError'],
  ])('a right password %d s later', async (age, expected) => {
    const outcome = door({ age }).authenticate(byBasic(mei));

    expect(await outcome.then(({ name }) => name).catch((error: Error) => error.name)).toBe(expected);
  });
});

describe('too many, and a second time', () => {
  test('requests are told by whose they are, and never with a password', async () => {
    const { authenticate, admissions } = door();
    await authenticate(byBasic(mei, { method: 'POST', body: '{}' }));
    await authenticate(byHmac(mei, {}, '/a'));
    await authenticate(request({ authorization: 'Bearer bot-token' }));

    expect(admissions).toEqual([
      { credential: 'user mei', pair: expect.stringMatching(/^\w{64}$/) },
      { credential: 'user mei', pair: expect.stringMatching(/^\w{64}$/) },
      { credential: 'token t-1' },
    ]);
  });

  test('one password serves every request of its 60 s, whatever those change', async () => {
    const { authenticate } = door({ age: 59 });

    for (const method of ['GET', 'POST', 'DELETE', 'POST'])
      expect(await authenticate(byBasic(mei, { method, body: `{"of":"${method}"}` }))).toMatchObject({ name: 'mei' });
  });

  test('who asks too often is told when to come again', async () => {
    await expect(door({ verdict: 'too many' }).authenticate(byBasic(mei))).rejects.toMatchObject({
      retryAfterSeconds: 1,
    });
  });

  test('who guesses a name’s password is stopped, right guess or not; the user comes in from elsewhere', async () => {
    const { authenticate, renewals, admissions } = door();
    const wrong = request({ authorization: basic('mei', 'wrong'), timestamp: `${second}` });
    const outcomes = new Set<string>();
    for (let guess = 0; guess < 30; guess++) await authenticate(wrong).catch(({ name }: Error) => outcomes.add(name));

    expect([...outcomes]).toEqual(['UnauthorizedError']);
    expect(renewals()).toBe(30);
    // Who is refused is not counted among the user's requests.
    expect(admissions).toEqual([]);
    await expect(authenticate(wrong)).rejects.toThrow(TooManyRequestsError);
    await expect(authenticate(byBasic(mei))).rejects.toMatchObject({ retryAfterSeconds: 60 });
    await expect(authenticate(byHmac(mei, {}, '/a'))).rejects.toMatchObject({ retryAfterSeconds: 60 });
    expect(await authenticate(byBasic(mei, { address: '198.51.100.7' }))).toMatchObject({ name: 'mei' });
    expect(await authenticate(byBasic(user('bot')))).toMatchObject({ name: 'bot' });
  });
});

describe('whatever comes', () => {
  const documented = [
    FieldMissingError,
    WrongFieldTypeError,
    RequestExpiredError,
    UnauthorizedError,
    TooManyRequestsError,
  ];
  const anything = fc.string({ unit: 'binary', maxLength: 60 });
  const headers = fc.oneof(
    fc.constant(undefined),
    anything,
    fc.tuple(fc.constantFrom('Basic ', 'Millrace ', 'Bearer ', 'basic mei:'), anything).map((parts) => parts.join('')),
    fc.tuple(anything, anything).map(([name, password]) => basic(name, password)),
    fc.constantFrom(
      basic('mei', dynamicPassword('s3cret', `${second}`)),
      'Bearer bot-token',
      `Millrace mei:${'0'.repeat(64)}`,
    ),
  );
  const events = fc.record({
    header: headers,
    timestamp: fc.oneof(fc.constant(undefined), fc.constant(`${second}`), anything),
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'get', 'OPTIONS', ''),
    path: fc.oneof(anything, fc.constantFrom('/a', '/%', '/%E0%A4%A', '//')),
    query: fc.oneof(anything, fc.constantFrom('', '&&&', '=', '%', '_=1&_=2', 'a=%FF')),
    body: fc.oneof(fc.constant(undefined), anything),
    encoded: fc.boolean(),
    first: fc.boolean(),
  });

  test('a caller is known, or one of the documented errors is thrown', async () => {
    await fc.assert(
      fc.asyncProperty(events, async ({ header, timestamp, method, path, query, body, encoded, first }) => {
        const { queryStringParameters: _query, ...event } = request({
          method,
          path,
          ...(header === undefined ? {} : { authorization: header }),
          ...(body === undefined ? {} : { body }),
        });
        const sent = {
          ...event,
          rawQueryString: query,
          isBase64Encoded: encoded,
          ...(timestamp === undefined ? {} : { queryStringParameters: { _: timestamp } }),
        };
        const outcome = await door({ timestampFirst: first })
          .authenticate(sent)
          .catch((error: unknown) => error);
        const isKnown = documented.some((kind) => outcome instanceof kind);
        expect(isKnown || ['mei', 'bot'].includes((outcome as { name: string }).name), String(outcome)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
