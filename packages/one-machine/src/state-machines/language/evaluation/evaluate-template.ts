import { EvaluationFailure } from '../../errors.ts';
import { compile, expressionIn } from '../compile.ts';
import type { Bindings, Evaluation } from './evaluator.ts';
import { expressionPlace } from './expression-place.ts';

// Deeper results would be too deep for PostgreSQL, and for their readers; no honest one comes near.
const deepest = 1000;

/** Evaluates every expression in a template and copies the rest. Throws EvaluationFailures. */
export async function evaluateTemplate({ template, bindings, field }: Evaluation): Promise<unknown> {
  if (typeof template === 'string') {
    const source = expressionIn(template);
    return source === undefined ? template : evaluateSource(source, bindings, field);
  }
  if (typeof template !== 'object' || template === null) return template;
  const isList = Array.isArray(template);
  const entries: [string, unknown][] = [];
  for (const [key, member] of Object.entries(template)) {
    const place = isList ? `${field}[${key}]` : `${field}/${key}`;
    entries.push([key, await evaluateTemplate({ template: member, bindings, field: place })]);
  }
  return isList ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

async function evaluateSource(source: string, bindings: Bindings, field: string): Promise<unknown> {
  const place = expressionPlace(source, field);
  const value = await compile(source)
    .evaluate(undefined, bindings)
    .catch((error: unknown) => {
      throw new EvaluationFailure(`${place} threw an error during evaluation. ${explain(error)}`, field);
    });
  if (value === undefined) throw new EvaluationFailure(`${place} returned nothing (undefined).`, field);
  return plain(
    value,
    (more) => new EvaluationFailure(`${place} returned an unsupported result type.${more}`, field),
    0,
  );
}

function explain(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  return 'code' in error ? `${String(error.code)}: ${String(error.message)}` : String(error.message);
}

/** A copy that is JSON and nothing else: jsonata marks its arrays and yields functions, NaN and shared objects. */
function plain(value: unknown, unsupported: (more: string) => EvaluationFailure, depth: number): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth > deepest) throw unsupported(` It is nested deeper than ${deepest} levels.`);
  if (Array.isArray(value)) {
    return value.map((item) => (item === undefined ? null : plain(item, unsupported, depth + 1)));
  }
  if (typeof value !== 'object' || '_jsonata_lambda' in value || '_jsonata_function' in value) {
    throw unsupported('');
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, plain(member, unsupported, depth + 1)]));
}
