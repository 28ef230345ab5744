import { expect, test } from 'vitest';
import type { Credential } from '#kit/api/authentication/credential.ts';
import { askedOf, dynamicPassword, sha256, signature, signedText } from '#kit/api/authentication/schemes.ts';
import type { User } from '#kit/api/authentication/users.ts';
import { verify } from '#kit/api/authentication/verify.ts';
import { httpRequest } from '../../../../support/lambda.ts';

const sent = '1525568925';
const now = new Date(Number(sent) * 1000);
const right = dynamicPassword('s3cret', sent);

function user(name: string, changes: Partial<User> = {}): User {
  const tokens = [{ id: `t-${name}`, sha256: sha256(`${name}-token`), created: '2026-11-21T00:00:00Z', note: '' }];
  return { name, password: 's3cret', tokens, disabled: false, permissions: [], ...changes };
}

const users = [user('mei'), user('bot'), user('gone', { disabled: true })];

/** Whom it shows, and how many texts were compared for it: a clock on a busy machine would prove nothing. */
function tried(credential: Credential): { readonly known: string | undefined; readonly comparisons: number } {
  let comparisons = 0;
  const timestamp = { sent, forms: [sent, sent, `${sent}.0`] } as const;
  const known = verify({ credential, timestamp, asked: askedOf(httpRequest()), now }, users, (one, other) => {
    comparisons += 1;
    return one === other;
  });
  return { known: known?.user.name, comparisons };
}

test('a password is compared as often whoever asks and whatever is wrong', () => {
  const basic = (name: string, password: string) => tried({ scheme: 'basic', user: name, password });

  expect(basic('mei', right)).toEqual({ known: 'mei', comparisons: 6 });
  for (const [name, password] of [
    ['mei', 'wrong'],
    ['mei', ''],
    ['nobody', right],
    ['', ''],
    ['gone', right],
    ['gone', 'wrong'],
  ] as const)
    expect(basic(name, password), `${name} ${password}`).toEqual({ known: undefined, comparisons: 6 });
});

test('so is a signature', () => {
  for (const name of ['mei', 'nobody', 'gone'])
    expect(tried({ scheme: 'hmac', user: name, signature: '0'.repeat(64) })).toEqual({
      known: undefined,
      comparisons: 4,
    });
});

test('a token is compared with all there are, wherever it stands', () => {
  const bearer = (token: string) => tried({ scheme: 'bearer', token });

  expect([bearer('mei-token'), bearer('bot-token'), bearer('gone-token'), bearer('x')]).toEqual([
    { known: 'mei', comparisons: 3 },
    { known: 'bot', comparisons: 3 },
    { known: undefined, comparisons: 3 },
    { known: undefined, comparisons: 3 },
  ]);
});

test('who is bound to other ways is told what a stranger is told, and let in by those', () => {
  const bound = [user('bot', { only: ['hmac', 'token'] })];
  const timestamp = { sent, forms: [sent, sent, `${sent}.0`] } as const;
  const asked = askedOf(httpRequest());
  const { method, bodySha256 } = asked;
  const signed = signature('s3cret', signedText({ method, target: asked.path, timestamp: sent, bodySha256 }));
  const known = (credential: Credential, of = bound) => verify({ credential, timestamp, asked, now }, of)?.user.name;

  expect(known({ scheme: 'basic', user: 'bot', password: right })).toBeUndefined();
  expect(known({ scheme: 'hmac', user: 'bot', signature: signed })).toBe('bot');
  expect(known({ scheme: 'bearer', token: 'bot-token' })).toBe('bot');
  expect(known({ scheme: 'bearer', token: 'bot-token' }, [user('bot', { only: ['basic'] })])).toBeUndefined();
});

test('while a password is rotated both open, by both schemes, and the one before no longer after its time', () => {
  const until = new Date(now.getTime() + 60_000).toISOString();
  const rotated = [user('mei', { password: 'n3w', previous: { password: 's3cret', until } })];
  const timestamp = { sent, forms: [sent, sent, `${sent}.0`] } as const;
  const asked = askedOf(httpRequest());
  const { method, bodySha256 } = asked;
  const text = signedText({ method, target: asked.path, timestamp: sent, bodySha256 });
  const opens = (password: string, at: Date) =>
    [
      { scheme: 'basic', user: 'mei', password: dynamicPassword(password, sent) } as const,
      { scheme: 'hmac', user: 'mei', signature: signature(password, text) } as const,
    ].map((credential) => verify({ credential, timestamp, asked, now: at }, rotated) !== undefined);

  expect(opens('n3w', now)).toEqual([true, true]);
  expect(opens('s3cret', now)).toEqual([true, true]);
  expect(opens('s3cret', new Date(now.getTime() + 59_999))).toEqual([true, true]);
  expect(opens('s3cret', new Date(until))).toEqual([false, false]);
  expect(opens('n3w', new Date(until))).toEqual([true, true]);
  expect(opens('another', now)).toEqual([false, false]);
});
