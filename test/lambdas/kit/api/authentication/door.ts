import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Admission, authenticator, type Verdict } from '#kit/api/authentication/authenticate.ts';
import { attemptsInMemory } from '#kit/api/authentication/failed-attempts.ts';
import { askedOf, dynamicPassword, sha256, signature, signedText } from '#kit/api/authentication/schemes.ts';
import type { User } from '#kit/api/authentication/users.ts';
import { httpRequest } from '../../../../support/lambda.ts';

export const second = 1_525_568_925;
const created = '2026-11-21T00:00:00Z';

export function user(name: string, changes: Partial<User> = {}): User {
  return { name, password: `real ${name}`, tokens: [], disabled: false, permissions: [], ...changes };
}

export const mei = user('mei', { password: 's3cret', permissions: ['admin'] });
export const bot = user('bot', { tokens: [{ id: 't-1', sha256: sha256('bot-token'), created, note: '' }] });
const gone = user('gone', {
  disabled: true,
  tokens: [{ id: 't-2', sha256: sha256('gone-token'), created, note: '' }],
});

export interface Sent {
  readonly authorization?: string;
  readonly timestamp?: string | undefined;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly body?: string;
  readonly address?: string;
}

export function request({ timestamp, query = '', ...sent }: Sent): APIGatewayProxyEventV2 {
  const { headers, requestContext, ...rest } = httpRequest();
  const { authorization: _none, ...others } = headers;
  const parameters = [query, timestamp === undefined ? '' : `_=${timestamp}`].filter((text) => text !== '').join('&');
  const http = { ...requestContext.http, method: sent.method ?? 'GET', sourceIp: sent.address ?? '203.0.113.9' };
  return {
    ...rest,
    headers: sent.authorization === undefined ? others : { ...others, authorization: sent.authorization },
    requestContext: { ...requestContext, http },
    rawPath: sent.path ?? '/a',
    rawQueryString: parameters,
    queryStringParameters: Object.fromEntries(new URLSearchParams(parameters)),
    ...(sent.body === undefined ? {} : { body: sent.body }),
  };
}

export const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
export const byBasic = (of: User, sent: Sent = {}, form = `${second}`) =>
  request({ timestamp: `${second}`, ...sent, authorization: basic(of.name, dynamicPassword(of.password, form)) });

/** Signed over a target that may be another one. */
export function byHmac(of: User, sent: Sent, target: string) {
  const event = request({ timestamp: `${second}`, ...sent });
  const { method, bodySha256 } = askedOf(event);
  const text = signedText({ method, target, timestamp: `${second}`, bodySha256 });
  return { ...event, headers: { authorization: `Millrace ${of.name}:${signature(of.password, text)}` } };
}

/** The door with what it asks for, and what it asked. */
export function door({
  verdict = 'admitted' as Verdict,
  age = 0,
  timestampFirst = false,
  later = [] as readonly User[],
} = {}) {
  const admissions: Admission[] = [];
  let renewals = 0;
  const authenticate = authenticator({
    users: {
      current: async () => [mei, bot, gone],
      renewed: async () => {
        renewals += 1;
        return [mei, bot, gone, ...later];
      },
    },
    admit: async (admission) => {
      admissions.push(admission);
      return verdict;
    },
    attempts: attemptsInMemory(30),
    clock: () => new Date((second + age) * 1000),
    timestampFirst,
  });
  return { authenticate, admissions, renewals: () => renewals };
}
