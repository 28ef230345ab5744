import { EvaluationFailure } from '../errors.ts';
import { expressionIn } from './compile.ts';
import { type Bindings, evaluator } from './evaluation/evaluator.ts';
import { expressionPlace } from './evaluation/expression-place.ts';

export type { Bindings };

/**
 * Evaluates every expression in a template and copies the rest; `field` names the place in errors. All expressions see
 * the same bindings. Throws a StateFailure States.QueryEvaluationError when one fails, yields what JSON can't say, or takes
 * more time or memory than one may.
 */
export async function evaluate(template: unknown, bindings: Bindings, field: string): Promise<unknown> {
  return hasExpression(template) ? evaluator.evaluate({ template, bindings, field }) : structuredClone(template);
}

/** `evaluate` for an object such as Assign. */
export async function evaluateMembers(
  members: object,
  bindings: Bindings,
  field: string,
): Promise<Record<string, unknown>> {
  return (await evaluate(members, bindings, field)) as Record<string, unknown>;
}

function hasExpression(template: unknown): boolean {
  if (typeof template === 'string') return expressionIn(template) !== undefined;
  return typeof template === 'object' && template !== null && Object.values(template).some(hasExpression);
}

/** Evaluates a field of one type (`'integer'` for Seconds …); another type is a States.QueryEvaluationError. */
export async function evaluateTo<T>(
  kind: Kind<T>,
  template: unknown,
  { bindings, field }: { bindings: Bindings; field: string },
): Promise<T> {
  const value = await evaluate(template, bindings, field);
  if (kind.is(value)) return value;
  const source = typeof template === 'string' ? expressionIn(template) : undefined;
  const place = source === undefined ? `The field '${field}'` : expressionPlace(source, field);
  throw new EvaluationFailure(
    `${place} returned an unexpected result type. Expected '${kind.name}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`,
    field,
  );
}

/** The names of JSON's types. */
function typeName(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

interface Kind<T> {
  readonly name: string;
  is(value: unknown): value is T;
}

const inRange = (value: unknown, least: number): value is number =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= 99_999_999;

export const kinds = {
  boolean: { name: 'boolean', is: (value) => typeof value === 'boolean' } satisfies Kind<boolean>,
  text: { name: 'string', is: (value) => typeof value === 'string' } satisfies Kind<string>,
  list: { name: 'array', is: (value) => Array.isArray(value) } satisfies Kind<unknown[]>,
  count: { name: 'integer from 0', is: (value) => inRange(value, 0) } satisfies Kind<number>,
  positive: { name: 'positive integer', is: (value) => inRange(value, 1) } satisfies Kind<number>,
} as const;
