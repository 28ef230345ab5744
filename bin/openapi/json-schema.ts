import type { ZodOpenApiOverride } from 'zod-openapi';

type JsonSchema = Record<string, unknown>;

// What these formats mean is written elsewhere; the patterns that zod adds fill half a screen.
const knownFormats: readonly unknown[] = ['date', 'date-time', 'email', 'uri', 'uuid'];

/**
 * Makes zod's JSON Schema one that people read: what callers write (kit/api/parameters.ts, `written`) instead of what
 * the code makes of it, defaults, and none of the noise of formats and safe integers.
 */
export const readable: ZodOpenApiOverride = ({ jsonSchema, zodSchema, io }) => {
  const schema = jsonSchema as JsonSchema;
  if ('written' in schema) putWritten(schema, io);
  const { def } = zodSchema._zod;
  delete schema.contentTypes;
  // zod leaves out the default of what is transformed, for it may be of another type; our scalars are written as read.
  if (io === 'input' && def.type === 'default' && typeof def.defaultValue !== 'object')
    schema.default = def.defaultValue;
  if (knownFormats.includes(schema.format)) delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minLength === 0) delete schema.minLength;
  if (JSON.stringify(schema.additionalProperties) === '{"not":{}}') schema.additionalProperties = false;
};

function putWritten(schema: JsonSchema, io: 'input' | 'output'): void {
  const { written, description } = schema;
  delete schema.written;
  if (io === 'output') return;
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, written, description === undefined ? {} : { description });
}
