import fc from 'fast-check';

/** A JSON Schema (2020-12), as OpenAPI 3.1 has them. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

/** Finds what a `$ref` names. */
export type Resolve = (reference: string) => Schema;

type Keywords = Readonly<Record<string, unknown>>;

// Deeper than any schema here needs; a schema that names itself ends there.
const deepest = 6;

/** Values that a schema lets through, as far as its keywords are known here: good enough to get behind the first check. */
export function valuesOf(schema: Schema, resolve: Resolve, depth = 0): fc.Arbitrary<unknown> {
  if (typeof schema === 'boolean' || depth > deepest) return fc.jsonValue({ maxDepth: 1 });
  const within = (inner: unknown) => valuesOf(inner as Schema, resolve, depth + 1);
  if (typeof schema.$ref === 'string') return within(resolve(schema.$ref));
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  const { anyOf, oneOf, allOf, ...base } = schema as { readonly [keyword: string]: unknown };
  const alternatives = [anyOf, oneOf].find(Array.isArray) as Keywords[] | undefined;
  if (alternatives) return fc.oneof(...alternatives.map((one) => within({ ...base, ...one })));
  if (Array.isArray(allOf)) return within(joined([base, ...(allOf as Keywords[])], resolve));
  return typed(schema, within);
}

function typed(schema: Keywords, within: (inner: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      return texts(schema);
    case 'integer':
      return fc.integer(bounds(schema, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    case 'number':
      return fc.double({ ...bounds(schema, -1e9, 1e9), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(within(schema.items ?? {}), {
        minLength: Number(schema.minItems ?? 0),
        maxLength: Math.min(Number(schema.maxItems ?? 3), Number(schema.minItems ?? 0) + 3),
      });
    case 'object':
      return objects(schema, within);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objects(schema: Keywords, within: (inner: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Keywords);
  const requiredKeys = (schema.required ?? []) as string[];
  const known = fc.record(Object.fromEntries(properties.map(([name, inner]) => [name, within(inner)])), {
    requiredKeys: requiredKeys.filter((name) => properties.some(([one]) => one === name)),
  });
  const more = schema.additionalProperties;
  if (typeof more !== 'object' || more === null) return known;
  const others = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), within(more), { maxKeys: 3 });
  return fc.tuple(others, known).map(([other, own]) => ({ ...other, ...own }));
}

function texts(schema: Keywords): fc.Arbitrary<string> {
  const { format, pattern } = schema;
  const known = typeof format === 'string' ? formats[format] : undefined;
  if (known) return known;
  const minLength = Number(schema.minLength ?? 0);
  const maxLength = Math.max(minLength, Math.min(Number(schema.maxLength ?? 20), minLength + 20));
  const plain = fc.string({ minLength, maxLength, unit: 'grapheme' });
  if (typeof pattern !== 'string') return plain;
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    // What fast-check can't make texts of; a plain one is then an odd value.
    return plain;
  }
}

const days = { min: new Date('2020-01-01'), max: new Date('2030-12-31'), noInvalidDate: true };

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date: fc.date(days).map((at) => at.toISOString().slice(0, 10)),
  'date-time': fc.date(days).map((at) => at.toISOString()),
  uuid: fc.uuid(),
  uri: fc.webUrl(),
  email: fc.emailAddress(),
};

function bounds(schema: Keywords, lowest: number, highest: number): { readonly min: number; readonly max: number } {
  const isWhole = schema.type === 'integer';
  const step = isWhole ? 1 : 1e-6;
  const min = schema.exclusiveMinimum === undefined ? schema.minimum : Number(schema.exclusiveMinimum) + step;
  const max = schema.exclusiveMaximum === undefined ? schema.maximum : Number(schema.exclusiveMaximum) - step;
  return { min: Math.max(lowest, Number(min ?? lowest)), max: Math.min(highest, Number(max ?? highest)) };
}

/** All of several schemas of objects as one. */
function joined(schemas: readonly Keywords[], resolve: Resolve): Keywords {
  const plain = schemas.map((schema) =>
    typeof schema.$ref === 'string' ? (resolve(schema.$ref) as Keywords) : schema,
  );
  return {
    ...Object.assign({}, ...plain),
    properties: Object.assign({}, ...plain.map(({ properties }) => properties)),
    required: plain.flatMap(({ required }) => (Array.isArray(required) ? required : [])),
  };
}
