import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { parts } from '../bin/openapi/parts.ts';
import { documentText } from '../bin/openapi/text.ts';
import { consoleRoutes, docsRoutes } from '../lambdas/platform/contract.ts';
import { routesOf } from '../lib/inventory/triggers.ts';
import { prod } from './lib/assemblies.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly description?: string;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const text = documentText();
const document = JSON.parse(text) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, operation })),
);

test('docs/openapi.json is what the schemas say: run npm run openapi', () => {
  expect(readFileSync('docs/openapi.json', 'utf8')).toBe(text);
});

test('the document is OpenAPI 3.1', async () => {
  expect(await new Validator().validate(JSON.parse(text))).toEqual({ valid: true });
});

test('every route of the stack is documented as its handler has it', () => {
  // What answers where there is no route is none itself.
  const served = routesOf(prod).filter(({ key }) => key !== '$default' && !key.startsWith('ANY '));
  const told = parts.flatMap(({ handler, routes }) => Object.keys(routes).map((key) => ({ key, handler })));
  const sorted = (routes: readonly { readonly key: string; readonly handler: string }[]) =>
    routes.map(({ key, handler }) => `${key} ${handler}`).sort();

  expect(sorted(told)).toEqual(sorted(served));
  // OpenAPI has no word for a parameter that takes the rest of a path.
  expect(operations.map(({ key }) => key).sort()).toEqual(told.map(({ key }) => key.replace('+}', '}')).sort());
});

test('every route has a summary, a name of its own and an answer of success', () => {
  const lacking = operations.filter(
    ({ operation }) => !operation.summary || !['200', '202', '302'].some((status) => status in operation.responses),
  );

  expect(lacking.map(({ key }) => key)).toEqual([]);
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
});

test('nothing that the code makes of a request is shown as what callers write', () => {
  expect(text).not.toMatch(/"written"|"override"|"contentTypes"/);
  const pattern = operations.flatMap(({ key, operation }) =>
    (operation.parameters ?? [])
      .filter(({ schema }) => JSON.stringify(schema).includes('[+-]?'))
      .map(({ name }) => `${key} ${name}`),
  );
  expect(pattern).toEqual([]);
});

test('what an address may hold fits into one', () => {
  // Of the 10,240 bytes of request line and headers that HTTP APIs take, headers keep two thousand; a character is 12 at most.
  const mostCharacters = (10_240 - 2000) / 12;
  const unbounded = operations.flatMap(({ key, operation }) =>
    (operation.parameters ?? [])
      .filter((parameter) => parameter.in === 'path')
      .filter(({ schema: { type, enum: words, format, pattern, maxLength } }) => {
        return type === 'string' && !(words || format || pattern || Number(maxLength) <= mostCharacters);
      })
      .map(({ name }) => `${key} ${name}`),
  );

  expect(unbounded).toEqual([]);
});

const links = ['GET /dts-auto-brief/download', 'GET /dts-auto-brief/img'];

test('only what tells nothing, or has a signed address, is open to everybody', () => {
  const open = operations.filter(({ operation }) => operation.security?.length === 0).map(({ key }) => key);

  // Pictures and files have signed addresses instead.
  expect(open.filter((key) => !links.includes(key))).toEqual([
    'GET /health',
    ...consoleRoutes.map((key) => key.replace('+}', '}')),
    ...docsRoutes,
  ]);
  expect(open).toEqual(expect.arrayContaining(links));
});

test('it says nothing that generators of clients stumble over: schemas without a name, and tuples', () => {
  // A recursive type of TypeScript needs a name of its own; openapi-python-client reads no `items: false`.
  expect(text).not.toMatch(/"__schema\d+"/);
  expect(text).not.toMatch(/"prefixItems"|"items": false/);
});
