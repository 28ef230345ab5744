import type { StateShape, StatesShape } from './step.ts';

/** A state as a drawing needs it. */
export interface DrawnState {
  readonly name: string;
  readonly type: string;
  /** The Map or Parallel that it stands in. */
  readonly within: string | null;
  readonly starts: boolean;
}

/** A way from one state to another. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'default' | 'catch';
}

export interface DrawnMachine {
  readonly states: readonly DrawnState[];
  readonly transitions: readonly Transition[];
}

/** Every state of a definition by its name, which is unique within a machine, those inside of others too. */
export function statesByName(definition: StatesShape): ReadonlyMap<string, StateShape> {
  return new Map(levels(definition).flatMap(({ scope }) => Object.entries(scope.States ?? {})));
}

/** The definition as a graph. */
export function drawnMachine(definition: StatesShape): DrawnMachine {
  const states = levels(definition).flatMap(({ scope, within }) =>
    Object.entries(scope.States ?? {}).map(([name, { Type = '' }]) => {
      return { name, type: Type, within, starts: scope.StartAt === name };
    }),
  );
  const transitions = [...statesByName(definition)].flatMap(([from, state]) => waysOf(from, state));
  const seen = new Set<string>();
  return {
    states,
    transitions: transitions.filter(({ from, to, kind }) => {
      const key = JSON.stringify([from, to, kind]);
      return !seen.has(key) && seen.add(key);
    }),
  };
}

function waysOf(from: string, { Next, Default, Choices = [], Catch = [] }: StateShape): readonly Transition[] {
  const way = (to: string | undefined, kind: Transition['kind']) => (to === undefined ? [] : [{ from, to, kind }]);
  return [
    ...way(Next, 'next'),
    ...Choices.flatMap((rule) => way(rule.Next, 'choice')),
    ...way(Default, 'default'),
    ...Catch.flatMap((catcher) => way(catcher.Next, 'catch')),
  ];
}

interface Level {
  readonly scope: StatesShape;
  readonly within: string | null;
}

/** The machine itself and everything that stands in its states, the outermost first. */
function levels(scope: StatesShape, within: string | null = null): readonly Level[] {
  const inner = Object.entries(scope.States ?? {}).flatMap(([name, { ItemProcessor, Branches = [] }]) =>
    [...(ItemProcessor ? [ItemProcessor] : []), ...Branches].flatMap((one) => levels(one, name)),
  );
  return [{ scope, within }, ...inner];
}
