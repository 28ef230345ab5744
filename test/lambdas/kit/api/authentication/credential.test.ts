import fc from 'fast-check';
import { expect, test } from 'vitest';
import { challenge, readCredential } from '#kit/api/authentication/credential.ts';
import { UnauthorizedError } from '#kit/errors.ts';

const basic = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;
const hex = 'ab'.repeat(32);

test.each([
  [basic('mei:abc'), { scheme: 'basic', user: 'mei', password: 'abc' }],
  [basic('mei:a:b'), { scheme: 'basic', user: 'mei', password: 'a:b' }],
  [basic('mei:'), { scheme: 'basic', user: 'mei', password: '' }],
  [basic('美:密'), { scheme: 'basic', user: '美', password: '密' }],
  [basic('mei:abc').replace('Basic', 'bASIC  '), { scheme: 'basic', user: 'mei', password: 'abc' }],
  [`Millrace mei:${hex}`, { scheme: 'hmac', user: 'mei', signature: hex }],
  [`millrace mei:${hex.toUpperCase()}`, { scheme: 'hmac', user: 'mei', signature: hex }],
  ['Bearer a.b-c_d~e+f/g==', { scheme: 'bearer', token: 'a.b-c_d~e+f/g==' }],
])('%s is read', (header, expected) => {
  expect(readCredential(header)).toEqual(expected);
});

test.each([undefined, ''])('without a header it says so', (header) => {
  expect(() => readCredential(header)).toThrow(new UnauthorizedError('The Authorization header is missing.'));
});

test.each(['Digest username="mei"', 'NTLM x', 'token', 'constructor x', ' ', 'Basic,Bearer x', 'AWS4-HMAC-SHA256 C=1'])(
  '%j is none of the schemes that are accepted',
  (header) => {
    expect(() => readCredential(header)).toThrow(
      new UnauthorizedError('Only Basic, Millrace and Bearer are accepted.'),
    );
  },
);

test.each([
  ...['Basic', 'Basic ', 'Basic !!', 'Basic bWVp', basic(':x'), basic('mei\n:x'), basic('mei:\0'), 'Basic a b'],
  ...[
    basic(Buffer.from([0xff, 0x3a, 0x41])),
    `${basic('mei:abc')}, ${basic('mei:abc')}`,
    'Basic =',
    'Basic bWVpOmFiYw===',
  ],
  ...[
    'Millrace',
    'Millrace mei',
    `Millrace :${hex}`,
    `Millrace mei:${hex}0`,
    `Millrace m ei:${hex}`,
    'Millrace mei:xyz',
  ],
  ...['Bearer', 'Bearer ', 'Bearer a b', 'Bearer a=b', 'Bearer ä', 'Bearer a\n', 'Bearer a,b'],
])('%j is malformed', (header) => {
  const message = 'The value of the Authorization header is malformed.';
  expect(() => readCredential(header)).toThrow(new UnauthorizedError(message));
});

test('whatever the header, it is read or refused as unauthorized', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 200 });
  const headers = fc.oneof(
    anyText,
    fc
      .tuple(fc.constantFrom('Basic ', 'basic\t', 'Millrace ', 'Bearer ', 'BASIC', 'Bearer  '), anyText)
      .map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => basic(Buffer.from(bytes))),
    fc.tuple(anyText, anyText).map(([user, password]) => basic(`${user}:${password}`)),
  );
  fc.assert(
    fc.property(headers, (header) => {
      try {
        expect(['basic', 'hmac', 'bearer']).toContain(readCredential(header).scheme);
      } catch (error) {
        expect(error, JSON.stringify(header)).toBeInstanceOf(UnauthorizedError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('the challenge names every scheme', () => {
  expect(challenge.match(/\b(Basic|Millrace|Bearer) realm="millrace"/g)).toHaveLength(3);
});
