import { expect, test } from 'vitest';
import { bearerTokens } from '#kit/api/authentication.ts';
import { UnauthorizedError } from '#kit/errors.ts';
import { httpRequest } from '../../../support/lambda.ts';

const authenticate = bearerTokens(async () => ['first-token', 'second.token~+/=']);
const from = (authorization: string | undefined) =>
  authenticate(httpRequest({ headers: authorization === undefined ? {} : { authorization } }));

test.each(['Bearer first-token', 'bearer first-token', 'BEARER second.token~+/='])('%s is let in', async (header) => {
  expect(await from(header)).toEqual({ name: 'api', scheme: 'bearer' });
});

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Basic Zmlyc3QtdG9rZW4=',
  'first-token',
  'Bearer first-token second.token~+/=',
  'Bearer first-token\n',
])('%j offers no Bearer token', async (header) => {
  await expect(from(header)).rejects.toThrow(new UnauthorizedError('A Bearer token is needed.'));
});

test.each(['Bearer first-toke', 'Bearer first-token2', 'Bearer FIRST-TOKEN', 'Bearer x'])(
  '%s is not valid, in words that do not repeat it',
  async (header) => {
    await expect(from(header)).rejects.toThrow(new UnauthorizedError('The Bearer token is not valid.'));
  },
);

test('while there are no tokens nobody is let in', async () => {
  const nobody = bearerTokens(async () => []);

  await expect(nobody(httpRequest())).rejects.toThrow(UnauthorizedError);
});

test('tokens that cannot be had are not a refusal', async () => {
  const away = bearerTokens(() => Promise.reject(new Error('Secrets Manager is away')));

  await expect(away(httpRequest())).rejects.toThrow('Secrets Manager is away');
});
