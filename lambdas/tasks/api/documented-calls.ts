import * as z from 'zod';
import type { DocumentedBody } from '#kit/api/documentation.ts';
import type { TaskFunction } from '#kit/task.ts';
import { functions } from '../functions/index.ts';

const published = [...functions.values()].filter((one) => one.published);

/** The body of a submission as the document shows it. */
export function documentedCalls(general: z.ZodType | undefined): DocumentedBody {
  if (!(general instanceof z.ZodObject)) throw new Error('The body of a submission is an object');
  return { schema: callsOf(general), examples: exampleCalls() };
}

/**
 * What submitting takes, function by function, with what each of them wants by name; and last what it takes in general:
 * positional arguments, and arguments as text.
 */
function callsOf(general: z.ZodObject): z.ZodType {
  const calls = published.map((one) =>
    general.extend({ name: z.literal(one.name), kwargs: one.input }).meta({
      title: one.name,
      description: one.doc === '' ? one.summary : `${one.summary} ${one.doc}`,
    }),
  );
  return z.union([...calls, general.meta({ title: 'Any function' })]);
}

/** One filled-in request for each function, to choose from. */
function exampleCalls(): Readonly<Record<string, { readonly summary: string; readonly value: unknown }>> {
  return Object.fromEntries(
    published.map((one) => [one.name, { summary: one.summary, value: { name: one.name, kwargs: exampleOf(one) } }]),
  );
}

interface ParameterSchema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
}

function exampleOf({ input }: TaskFunction): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const values = required.map((name) => [name, sample((properties[name] ?? {}) as ParameterSchema)] as const);
  return Object.fromEntries(values);
}

const samples: Readonly<Record<string, unknown>> = {
  string: 'text',
  integer: 1,
  number: 1,
  boolean: true,
  array: [],
  object: {},
};

function sample({ type = 'string', format, enum: choices, examples }: ParameterSchema): unknown {
  if (format === 'file') return 'file:{id}';
  return examples?.[0] ?? choices?.[0] ?? samples[type];
}
