import type { Execution } from '../execution.ts';
import type { State, States } from '../language/definition.ts';
import type { Bindings } from '../language/expression.ts';

/** What a Map or Parallel was told when it began, kept so that a restart doesn't evaluate it anew. */
export type FanOut =
  | { readonly kind: 'map'; readonly items: readonly unknown[]; readonly limit: number }
  | { readonly kind: 'parallel'; readonly input: unknown };

/** Where one strand of an execution stands: the machine itself, a Map iteration or a Parallel branch. */
export interface Frame {
  /** Empty at the top, `/3` in the fourth iteration there, `/3/0` one level deeper. */
  readonly path: string;
  readonly parent: Frame | undefined;
  readonly scope: States;
  stateName: string;
  input: unknown;
  enteredAt: Date;
  /** The event that tells of the entering, and the one before it; both 0 before a first state is entered. */
  enteredEvent: number;
  enteredAfter: number;
  /** Assigned in this scope; those of outer scopes are read through `parent`. */
  variables: Readonly<Record<string, unknown>>;
  /** Retries made in this visit of the state, one count for each Retrier. */
  retries: number[];
  /** End of a Wait, or of the pause before a retry. */
  wakeAt: Date | undefined;
  fanOut: FanOut | undefined;
  lastEvent: number;
  result: { readonly output: unknown } | undefined;
  /** Iterations or branches found after a restart. */
  readonly restored: Map<number, Frame>;
}

/** A strand before its first state is entered. */
export function newFrame(scope: States, parent?: { frame: Frame; index: number }): Frame {
  return {
    path: parent === undefined ? '' : `${parent.frame.path}/${parent.index}`,
    parent: parent?.frame,
    scope,
    stateName: scope.StartAt,
    input: null,
    enteredAt: new Date(0),
    enteredEvent: 0,
    enteredAfter: 0,
    variables: {},
    retries: [],
    wakeAt: undefined,
    fanOut: undefined,
    lastEvent: parent?.frame.lastEvent ?? 0,
    result: undefined,
    restored: new Map(),
  };
}

/** Moves to a state: what belonged to the visit of the one before is forgotten. */
export function moveTo(frame: Frame, stateName: string, { input, at }: { input: unknown; at: Date }): void {
  Object.assign(frame, { stateName, input, enteredAt: at, retries: [], wakeAt: undefined, fanOut: undefined });
  frame.restored.clear();
}

export function stateOf(frame: Frame): State {
  const state = frame.scope.States[frame.stateName];
  if (state === undefined) throw new Error(`no state '${frame.stateName}' in the definition`);
  return state;
}

/** The states a child runs: the ItemProcessor of the Map, or the branch of the Parallel, the frame stands in. */
export function childScope(frame: Frame, index: number): States {
  const state = stateOf(frame);
  const scope =
    state.Type === 'Parallel' ? state.Branches[index] : state.Type === 'Map' ? state.ItemProcessor : undefined;
  if (scope === undefined) throw new Error(`state '${frame.stateName}' has no branch ${index}`);
  return scope;
}

/** The chain of indexes that leads to a frame. */
export function indexesOf(frame: Frame): number[] {
  return frame.path.split('/').slice(1).map(Number);
}

/** Index and value of the Map item a frame works on; the innermost Map counts. */
export function mapItem(frame: Frame): { Index: number; Value: unknown } | undefined {
  if (frame.parent === undefined) return undefined;
  const { fanOut } = frame.parent;
  if (fanOut?.kind !== 'map') return mapItem(frame.parent);
  const Index = indexesOf(frame).at(-1) ?? 0;
  return { Index, Value: fanOut.items[Index] };
}

/**
 * What expressions may read: variables of this scope and the ones around it ("Passing data between states with
 * variables"), and the context object ("Accessing execution data from the Context object", AWS developer guide).
 */
export function bindingsOf(
  execution: Execution,
  frame: Frame,
  more: { result?: unknown; errorOutput?: unknown; item?: { Index: number; Value: unknown } } = {},
): Bindings {
  const { item = mapItem(frame), ...outcome } = more;
  const context = {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      Name: execution.name,
      RoleArn: execution.machine.roleArn,
      StartTime: execution.startedAt.toISOString(),
      RedriveCount: 0,
    },
    State: {
      Name: frame.stateName,
      EnteredTime: frame.enteredAt.toISOString(),
      RetryCount: frame.retries.reduce((sum, count) => sum + (count ?? 0), 0),
    },
    StateMachine: { Id: execution.machine.arn, Name: execution.machine.name },
    ...(item === undefined ? {} : { Map: { Item: item } }),
  };
  return { ...variablesInScope(frame), states: { input: frame.input, context, ...outcome } };
}

function variablesInScope(frame: Frame): Record<string, unknown> {
  return frame.parent === undefined ? frame.variables : { ...variablesInScope(frame.parent), ...frame.variables };
}
