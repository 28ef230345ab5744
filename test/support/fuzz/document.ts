import type { Schema } from './values.ts';

/** What the fuzz tests read of an OpenAPI 3.1 document. */
export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
}

interface OperationObject {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: Body | Reference;
  readonly responses: Readonly<Record<string, Response | Reference>>;
}

interface Reference {
  readonly $ref: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Body {
  readonly content: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Response {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

/** One route of the document. */
export interface Operation {
  readonly method: string;
  /** With `{id}` for parameters. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** By content type. */
  readonly bodies: Readonly<Record<string, Schema>>;
  /** By status (`200`, `4XX`, `default`), then by content type. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

const methods = ['get', 'put', 'post', 'delete', 'patch'];

/** What a local reference (`#/components/...`) names. Throws when there is nothing. */
export function named(document: Document, reference: string): unknown {
  const found = reference
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
  if (found === undefined) throw new Error(`The document has nothing at ${reference}`);
  return found;
}

/** Every route that the document tells of. */
export function operationsOf(document: Document): readonly Operation[] {
  const direct = <T extends object>(one: T | Reference): T =>
    '$ref' in one ? (named(document, String(one.$ref)) as T) : one;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        parameters: (operation.parameters ?? []).map((one) => direct(one)),
        bodies: operation.requestBody ? schemasOf(direct(operation.requestBody).content) : {},
        answers: Object.fromEntries(
          Object.entries(operation.responses).map(([status, answer]) => [status, schemasOf(direct(answer).content)]),
        ),
      })),
  );
}

function schemasOf(content: Body['content'] = {}): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(content).map(([type, { schema = true }]) => [type, schema]));
}
