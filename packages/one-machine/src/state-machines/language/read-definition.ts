import type { z } from 'zod';
import { DefinitionError } from '../errors.ts';
import { expressionProblems } from './check-expressions.ts';
import { type Definition, definitionShape, type State, type States } from './definition.ts';

export interface ReadOptions {
  /** The machine's name, for error messages. */
  readonly machine: string;
  /** Which task resources the host can run. @default all */
  readonly supports?: ((resource: string) => boolean) | undefined;
}

/**
 * Reads a definition or throws a DefinitionError that names machine, state and field of all that is wrong: what is
 * unknown here is never ignored.
 */
export function readDefinition(definition: unknown, options: ReadOptions): Definition {
  const read = definitionShape.safeParse(definition);
  if (!read.success) fail(options.machine, read.error.issues.map(issueText));
  const problems = [
    ...languageProblems(read.data),
    ...scopeProblems(read.data, { options, outer: new Set() }),
    ...duplicateNames(read.data),
  ];
  if (problems.length > 0) fail(options.machine, problems);
  return read.data;
}

/** Throws the DefinitionError of a machine. */
export function fail(machine: string, problems: readonly string[]): never {
  throw new DefinitionError(`state machine '${machine}': ${problems.join('; ')}`);
}

function issueText(issue: z.core.$ZodIssue): string {
  const at = place(issue.path.map(String));
  if (issue.code !== 'unrecognized_keys') return `${at} ${issue.message}`;
  return `${at} has unknown ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
}

/** `States.A.ItemProcessor.States.B.Retry.0` reads as: state 'B', field 'Retry.0'. */
function place(path: readonly string[]): string {
  const at = path.lastIndexOf('States');
  const name = path[at + 1];
  if (at < 0 || name === undefined) return path.length > 0 ? `field '${path.join('.')}'` : 'the definition';
  const field = path.slice(at + 2).join('.');
  return field === '' ? `state '${name}'` : `state '${name}', field '${field}'`;
}

interface Surroundings {
  readonly options: ReadOptions;
  /** Variables assigned by the scopes around this one. */
  readonly outer: ReadonlySet<string>;
}

function scopeProblems(scope: States, around: Surroundings): string[] {
  const names = new Set(Object.keys(scope.States));
  const assigned = new Set(Object.values(scope.States).flatMap(assignedNames));
  const within = { ...around, outer: new Set([...around.outer, ...assigned]) };
  const start = names.has(scope.StartAt) ? [] : [`field 'StartAt' names no state: '${scope.StartAt}'`];
  const states = Object.entries(scope.States).flatMap(([name, state]) => [
    ...stateProblems(state, { names, around }).map(
      ([field, problem]) => `state '${name}', field '${field}' ${problem}`,
    ),
    ...innerScopes(state).flatMap((inner) => scopeProblems(inner, within)),
  ]);
  return [...start, ...states];
}

type Problem = readonly [field: string, problem: string];

function stateProblems(state: State, { names, around }: { names: Set<string>; around: Surroundings }): Problem[] {
  const lost = targets(state).filter(([, target]) => !names.has(target));
  const shadowing = assignedNames(state).filter((name) => around.outer.has(name));
  return [
    ...lost.map(([field, target]): Problem => [field, `names no state of its scope: '${target}'`]),
    ...shadowing.map((name): Problem => ['Assign', `sets '${name}', a variable of an outer scope`]),
    ...expressionProblems(state).map(({ field, problem }): Problem => [field, problem]),
    ...oneWayOut(state),
    ...ofType(state, around.options),
  ];
}

function ofType(state: State, { supports }: ReadOptions): Problem[] {
  if (state.Type === 'Task' && supports?.(state.Resource) === false) {
    return [['Resource', `is not supported here: '${state.Resource}'`]];
  }
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
    return [['Seconds', 'or Timestamp must be there, and only one of them']];
  }
  return [];
}

function oneWayOut(state: State): Problem[] {
  if (state.Type === 'Choice' || state.Type === 'Succeed' || state.Type === 'Fail') return [];
  return (state.Next === undefined) === (state.End === undefined)
    ? [['Next', 'or End must be there, and only one of them']]
    : [];
}

function targets(state: State): [field: string, target: string][] {
  const found: [string, string | undefined][] = [];
  if ('Next' in state) found.push(['Next', state.Next]);
  if (state.Type === 'Choice') found.push(['Default', state.Default]);
  for (const [field, list] of Object.entries({ Choices: choicesOf(state), Catch: catchersOf(state) })) {
    found.push(...list.map(({ Next }, at): [string, string] => [`${field}.${at}.Next`, Next]));
  }
  return found.filter((entry): entry is [string, string] => entry[1] !== undefined);
}

function assignedNames(state: State): string[] {
  const own = 'Assign' in state ? [state] : [];
  return [...own, ...choicesOf(state), ...catchersOf(state)].flatMap(({ Assign }) => Object.keys(Assign ?? {}));
}

const choicesOf = (state: State) => (state.Type === 'Choice' ? state.Choices : []);
const catchersOf = (state: State) => ('Catch' in state ? (state.Catch ?? []) : []);

function innerScopes(state: State): States[] {
  if (state.Type === 'Map') return [state.ItemProcessor];
  return state.Type === 'Parallel' ? state.Branches : [];
}

function languageProblems(definition: Definition): string[] {
  if (definition.QueryLanguage === 'JSONata') return [];
  const left = everyState(definition).filter(([, { QueryLanguage }]) => QueryLanguage === undefined);
  if (left.length === 0) return [];
  const names = left.map(([name]) => `'${name}'`).join(', ');
  return [`field 'QueryLanguage' must be JSONata, here or in each state: JSONPath is not supported here (${names})`];
}

function duplicateNames(definition: States): string[] {
  const seen = new Set<string>();
  return everyState(definition).flatMap(([name]) => {
    const twice = seen.has(name) ? [`state '${name}' stands twice: names are unique in a whole machine`] : [];
    seen.add(name);
    return twice;
  });
}

/** The states of a scope and of all scopes inside it. */
function everyState(scope: States): [name: string, state: State][] {
  return Object.entries(scope.States).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...innerScopes(state).flatMap(everyState),
  ]);
}
