import { expressionIn } from './compile.ts';
import { fail } from './read-definition.ts';

// Fields of data and of words: their schemas know no line breaks, no texts as outputs and no constants as conditions.
const judgedByUs = new Set(['Output', 'Assign', 'Arguments', 'ItemSelector', 'Comment', 'Error', 'Cause']);
const someExpression = '{% true %}';

/**
 * How the states hang together, under the checks of asl-validator. What stands in their fields is `readDefinition`'s
 * affair: the validator refuses some of what AWS takes.
 */
export async function lintDefinition(definition: object, machine: string): Promise<void> {
  const { default: validate } = await import('asl-validator');
  // A copy also because the validator writes QueryLanguage into every state.
  const verdict = validate(structureOf(definition) as object);
  if (!verdict.isValid) fail(machine, [verdict.errorsText()]);
}

function structureOf(value: unknown, isNames = false): unknown {
  if (typeof value === 'string') return expressionIn(value) === undefined ? value : someExpression;
  if (Array.isArray(value)) return value.map((item) => structureOf(item));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => isNames || !judgedByUs.has(key));
  return Object.fromEntries(kept.map(([key, member]) => [key, fieldOf(key, member, isNames)]));
}

function fieldOf(key: string, member: unknown, isNames: boolean): unknown {
  const isData = !isNames && (key === 'Condition' || key === 'Items');
  return isData ? someExpression : structureOf(member, !isNames && key === 'States');
}
