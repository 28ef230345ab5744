import type { IncomingMessage } from 'node:http';
import { matchesPattern } from '../../guard/guard-server.ts';
import type { Answer } from './call.ts';
import { S3Error } from './errors.ts';
import type { CorsRule } from './storage/bucket.ts';

/** What a page may see of an answer: nothing, unless a rule of its bucket lets its origin use this method. */
export function corsHeaders({ method, headers: { origin } }: IncomingMessage, rules: readonly CorsRule[]) {
  const rule = ruleFor(rules, { origin, method });
  return rule === undefined ? {} : allowing(rule, origin ?? '');
}

/** What a browser asks before it sends. Throws AccessForbidden, as S3 does where no rule fits. */
export function preflightAnswer({ headers }: IncomingMessage, rules: readonly CorsRule[]): Answer {
  const { origin, 'access-control-request-method': method, 'access-control-request-headers': asked = '' } = headers;
  const names = String(asked)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const rule = ruleFor(rules, { origin, method, names });
  if (rule === undefined) throw new S3Error(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
  return {
    status: 204,
    headers: {
      ...allowing(rule, origin ?? ''),
      'access-control-allow-methods': rule.methods.join(', '),
      ...(names.length === 0 ? {} : { 'access-control-allow-headers': names.join(', ') }),
      ...(rule.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    },
  };
}

function ruleFor(
  rules: readonly CorsRule[],
  asked: { origin: string | undefined; method: string | undefined; names?: readonly string[] },
): CorsRule | undefined {
  const { origin, method, names = [] } = asked;
  if (origin === undefined || method === undefined) return undefined;
  return rules.find(
    (rule) =>
      rule.origins.some((pattern) => matchesPattern(pattern, origin)) &&
      rule.methods.includes(method) &&
      names.every((name) => rule.headers.some((pattern) => matchesPattern(pattern.toLowerCase(), name))),
  );
}

function allowing(rule: CorsRule, origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': rule.origins.includes('*') ? '*' : origin,
    ...(rule.exposed.length === 0 ? {} : { 'access-control-expose-headers': rule.exposed.join(', ') }),
    vary: 'Origin',
  };
}
