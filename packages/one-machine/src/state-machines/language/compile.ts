import jsonata from 'jsonata';
import { addStepFunctions } from './functions.ts';

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
