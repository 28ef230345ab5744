import jsonata from 'jsonata';
import { StateFailure } from '../errors.ts';
import { addStepFunctions } from './functions.ts';

/** The variables of an evaluation: those in scope and `states`. */
export type Bindings = Readonly<Record<string, unknown>>;

const compiled = new Map<string, jsonata.Expression>();

/** The text between `{%` and `%}`, or undefined for a plain string. No blank may stand outside the marks. */
export function expressionIn(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4 ? text.slice(2, -2).trim() : undefined;
}

/** Compiles once per text; throws jsonata's error (code, position) for bad syntax. */
export function compile(source: string): jsonata.Expression {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const expression = addStepFunctions(jsonata(source));
  compiled.set(source, expression);
  return expression;
}

/**
 * Evaluates every expression in a template and copies the rest; `field` names the place in errors.
 * Throws a StateFailure States.QueryEvaluationError when an expression fails or yields what JSON can't say.
 */
export async function evaluate(template: unknown, bindings: Bindings, field: string): Promise<unknown> {
  if (typeof template === 'string') {
    const source = expressionIn(template);
    return source === undefined ? template : evaluateSource(source, bindings, field);
  }
  if (Array.isArray(template)) {
    return Promise.all(template.map((item, at) => evaluate(item, bindings, `${field}[${at}]`)));
  }
  if (typeof template === 'object' && template !== null) {
    return evaluateMembers(template, bindings, field);
  }
  return template;
}

/** `evaluate` for an object such as Assign, all members against the same bindings. */
export async function evaluateMembers(
  members: object,
  bindings: Bindings,
  field: string,
): Promise<Record<string, unknown>> {
  const entries = Object.entries(members).map(
    async ([key, value]) => [key, await evaluate(value, bindings, `${field}/${key}`)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Evaluates a field of one type (`'integer'` for Seconds …); another type is a States.QueryEvaluationError. */
export async function evaluateTo<T>(
  kind: Kind<T>,
  template: unknown,
  { bindings, field }: { bindings: Bindings; field: string },
): Promise<T> {
  const value = await evaluate(template, bindings, field);
  if (kind.is(value)) return value;
  throw evaluationFailure(
    `The field '${field}' returned an unexpected result. Expected ${kind.name}, but was ${JSON.stringify(value)}.`,
  );
}

interface Kind<T> {
  readonly name: string;
  is(value: unknown): value is T;
}

const inRange = (value: unknown, least: number): value is number =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= 99_999_999;

export const kinds = {
  boolean: { name: 'a boolean', is: (value) => typeof value === 'boolean' } satisfies Kind<boolean>,
  text: { name: 'a string', is: (value) => typeof value === 'string' } satisfies Kind<string>,
  list: { name: 'an array', is: (value) => Array.isArray(value) } satisfies Kind<unknown[]>,
  count: { name: 'an integer from 0', is: (value) => inRange(value, 0) } satisfies Kind<number>,
  positive: { name: 'a positive integer', is: (value) => inRange(value, 1) } satisfies Kind<number>,
} as const;

export function evaluationFailure(cause: string): StateFailure {
  return new StateFailure('States.QueryEvaluationError', cause);
}

async function evaluateSource(source: string, bindings: Bindings, field: string): Promise<unknown> {
  const place = `The JSONata expression '${source}' specified for the field '${field}'`;
  const value = await compile(source)
    .evaluate(undefined, bindings)
    .catch((error: unknown) => {
      throw evaluationFailure(`${place} threw an error during evaluation. ${explain(error)}`);
    });
  if (value === undefined) throw evaluationFailure(`${place} returned nothing (undefined).`);
  return plain(value, `${place} returned an unsupported result type.`);
}

function explain(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  return 'code' in error ? `${String(error.code)}: ${String(error.message)}` : String(error.message);
}

/** A copy that is JSON and nothing else: jsonata marks its arrays and yields functions, NaN and shared objects. */
function plain(value: unknown, unsupported: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : plain(item, unsupported)));
  if (typeof value !== 'object' || '_jsonata_lambda' in value || '_jsonata_function' in value) {
    throw evaluationFailure(unsupported);
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, plain(member, unsupported)]));
}
