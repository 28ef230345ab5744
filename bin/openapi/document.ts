import * as z from 'zod';
import { createDocument, type oas31, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { ApiPart, DocumentedBody } from '../../lambdas/kit/api/documentation.ts';
import { routePermissions } from '../../lambdas/kit/api/permission.ts';
import type { RouteShape } from '../../lambdas/kit/api/route.ts';
import { about, securitySchemes } from './about.ts';
import { failuresOf } from './failures.ts';
import { readable } from './json-schema.ts';
import { describeParameters } from './parameters.ts';
import { parts, tags } from './parts.ts';

// One of these; dynamic Basic is two in one.
const credentials: oas31.SecurityRequirementObject[] = [
  { basic: [], timestamp: [] },
  { hmac: [], timestamp: [] },
  { bearer: [] },
];

/** The OpenAPI 3.1 document of the whole API, made of the schemas that parse and answer. */
export function openApiDocument(version: string): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const part of parts)
    for (const [key, { shape }] of Object.entries(part.routes)) {
      const [method = '', greedy = ''] = key.split(' ');
      // OpenAPI has no word for a parameter that takes the rest of the path.
      const path = greedy.replace('+}', '}');
      paths[path] = { ...paths[path], [method.toLowerCase()]: operation(key, shape, part) };
    }
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: { title: 'Millrace', version, ...about },
      servers: [{ url: '/', description: 'Where this document was read.' }],
      security: credentials,
      tags: [...tags],
      paths: paths as ZodOpenApiPathsObject,
      components: {
        securitySchemes,
        headers: {
          'x-request-id': { description: 'Finds the request in the logs.', schema: { type: 'string' } },
          'x-total-count': { description: 'Rows on all pages together.', schema: { type: 'integer' } },
        },
      },
    },
    { override: readable },
  );
  describeParameters(document);
  return document;
}

function operation(key: string, shape: RouteShape, part: ApiPart): ZodOpenApiOperationObject {
  const { summary, description = '', permission, path, query, body } = shape;
  return {
    operationId: operationId(key),
    tags: [part.tag],
    summary,
    description: `${description}\n\n**Permission** \`${permission}\`: ${routePermissions[permission]}`.trim(),
    'x-permission': permission,
    ...(permission === 'none' || permission === 'link' ? { security: [] } : {}),
    ...(path || query ? { requestParams: { ...inPlace('path', path), ...inPlace('query', query) } } : {}),
    ...(body ? { requestBody: requestBody(shape, body, part.bodies?.[key]) } : {}),
    responses: Object.fromEntries([...failuresOf(key, shape, part), ...answersOf(shape, part)]),
  };
}

function inPlace(place: 'path' | 'query', schema: z.ZodType | undefined) {
  return schema ? { [place]: schema as z.ZodObject } : {};
}

function requestBody({ form, bodyOrQuery }: RouteShape, schema: z.ZodType, json: Partial<DocumentedBody> = { schema }) {
  return {
    required: !bodyOrQuery && !schema.safeParse(undefined).success,
    content: {
      'application/json': json,
      ...(form ? { 'application/x-www-form-urlencoded': { schema }, 'multipart/form-data': { schema } } : {}),
    },
  };
}

function answersOf({ answers }: RouteShape, { envelope }: ApiPart) {
  return Object.entries(answers).map(([status, schema]) => {
    const headers = {
      'x-request-id': { $ref: '#/components/headers/x-request-id' },
      // A bare list tells beside itself how long it is on all pages together.
      ...(schema instanceof z.ZodArray ? { 'x-total-count': { $ref: '#/components/headers/x-total-count' } } : {}),
    };
    const description = schema.meta()?.description ?? meanings[status] ?? 'Done.';
    const isOther = schema.meta()?.contentTypes !== undefined;
    const answered = isOther ? schema : (envelope?.wrap(schema) ?? schema);
    return [status, { description, headers, ...contentOf(answered) }] as const;
  });
}

/** JSON, or what the schema's `contentTypes` names; nothing where there is no body. */
function contentOf(schema: z.ZodType) {
  if (schema instanceof z.ZodUndefined) return {};
  const types = (schema.meta()?.contentTypes as readonly string[] | undefined) ?? ['application/json'];
  return { content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

const meanings: Readonly<Record<string, string>> = {
  200: 'What was asked for.',
  201: 'Made.',
  202: 'Taken; it is done in the background.',
  302: 'Where it is.',
  503: 'Something that is required cannot be used.',
};

/** `GET /apiv1/deals/{id}` is `getApiv1DealsById`: stable, unique, and a name in every language. */
function operationId(key: string): string {
  const words = key
    .replaceAll(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return words
    .map((word, index) => (index === 0 ? word.toLowerCase() : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
    .join('');
}
