import * as z from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import type { ApiPart, DocumentedCodes } from '../../lambdas/kit/api/documentation.ts';
import type { RouteShape } from '../../lambdas/kit/api/route.ts';

const faults = z.record(z.string(), z.array(z.string())).describe('Field and its reasons.');

const plain = z
  .object({
    error: z.string().meta({ examples: ['Not Found'] }),
    message: z.union([
      z.string().meta({ examples: ["Deal id 9 doesn't exist."] }),
      z
        .object({ querystring: faults.optional(), path: faults.optional(), json: faults.optional() })
        .describe('Every wrong field of every place (400).'),
    ]),
  })
  .meta({ id: 'Problem' });

const descriptions: Readonly<Record<number, string>> = {
  400: 'Wrong fields, each with its reasons.',
  401: 'Who calls is not known, or the request has expired.',
  403: 'The caller may not do this.',
  404: 'There is no such thing.',
  409: 'It is under way, or was changed by somebody else.',
  413: 'The body is longer than 256 KiB.',
  422: 'A field is missing, wrong or expired; `code` says which case.',
  429: 'Too many requests of this credential; Retry-After says when to come back.',
  500: 'Our own fault; x-request-id finds the reason in the log.',
  503: 'The database is asleep or away: come back after Retry-After seconds.',
};

/** What a route can fail with. The kit decides it for all alike, so it is told for all alike. */
export function failuresOf(
  key: string,
  { path, body, query, permission }: RouteShape,
  { envelope }: Pick<ApiPart, 'envelope'>,
) {
  const open = permission === 'none';
  const credential = !open && permission !== 'link';
  const changes = !key.startsWith('GET ');
  const wrongInput = envelope?.wrongInput ?? 400;
  const statuses = [
    ...(path || body || query || credential ? [wrongInput] : []),
    ...(credential ? [401, 403, 429] : open ? [] : [403]),
    ...(path || envelope ? [404] : []),
    // What a signed address leads to may still be made.
    ...(changes || permission === 'link' ? [409] : []),
    ...(body ? [413] : []),
    500,
    ...(open ? [] : [503]),
  ];
  return statuses.map((status) => [String(status), failuresIn(envelope)[status]] as const);
}

// Made once, for components are known by what they are, not by their names.
const plainFailures = answersOf('Problem', plain);
const codedFailures = new Map<DocumentedCodes, ReturnType<typeof answersOf>>();

function failuresIn(envelope: DocumentedCodes | undefined) {
  if (!envelope) return plainFailures;
  const { name, failure } = envelope;
  const made = codedFailures.get(envelope) ?? answersOf(name, failure.meta({ id: name }));
  codedFailures.set(envelope, made);
  return made;
}

function answersOf(name: string, schema: z.ZodType): Readonly<Record<number, ZodOpenApiResponseObject>> {
  const answers = Object.entries(descriptions).map(([status, description]) => {
    const headers = { 'x-request-id': { $ref: '#/components/headers/x-request-id' } };
    return [status, { id: `${name}${status}`, description, headers, content: { 'application/json': { schema } } }];
  });
  return Object.fromEntries(answers);
}
