import { setMaxListeners } from 'node:events';
import { EvaluationFailure, Interrupted, StateFailure } from '../errors.ts';
import type { State, StateOf } from '../language/definition.ts';
import { evaluate, evaluateTo, kinds } from '../language/expression.ts';
import { bindingsOf, childScope, type FanOut, type Frame, newFrame, stateOf } from './frame.ts';
import { withinPayloadLimit } from './limits.ts';
import { leave, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { Step } from './step.ts';

/** Runs one strand to its end; `runFrame`, handed in to keep the two files apart. */
export type RunFrame = (run: Run, frame: Frame, signal: AbortSignal) => Promise<unknown>;

type FanState = StateOf<'Map'> | StateOf<'Parallel'>;

interface Fan<S extends State> {
  readonly state: S;
  readonly signal: AbortSignal;
  readonly runFrame: RunFrame;
  /** Enters the first state of a new strand. */
  readonly enter: (step: Step, frame: Frame, input: unknown) => void;
}

/** All branches at once; the result holds their outputs in the order of the definition. */
export async function runBranches(run: Run, frame: Frame, fan: Fan<StateOf<'Parallel'>>): Promise<Outcome> {
  const { state } = fan;
  const fanOut = frame.fanOut ?? begin(run, frame, { fan, fanOut: await inputOf(run, frame, state) });
  const input = fanOut.kind === 'parallel' ? fanOut.input : null;
  const count = state.Branches.length;
  return gather(run, frame, { ...fan, count, limit: count, inputOf: async () => input });
}

/** The ItemProcessor for each item, at most MaxConcurrency at a time (0: all at once), started in their order. */
export async function runItems(run: Run, frame: Frame, fan: Fan<StateOf<'Map'>>): Promise<Outcome> {
  const { state } = fan;
  const fanOut = frame.fanOut ?? begin(run, frame, { fan, fanOut: await itemsOf(run, frame, state) });
  const { items, limit } = fanOut.kind === 'map' ? fanOut : { items: [], limit: 0 };
  const selected = async (index: number) => {
    const item = { Index: index, Value: items[index] };
    if (state.ItemSelector === undefined) return item.Value;
    return evaluate(state.ItemSelector, bindingsOf(run.execution, frame, { item }), 'ItemSelector');
  };
  const count = items.length;
  return gather(run, frame, { ...fan, count, limit: limit === 0 ? count : limit, inputOf: selected });
}

async function inputOf(run: Run, frame: Frame, state: StateOf<'Parallel'>): Promise<FanOut> {
  const bindings = bindingsOf(run.execution, frame);
  const input = state.Arguments === undefined ? frame.input : await evaluate(state.Arguments, bindings, 'Arguments');
  return { kind: 'parallel', input: withinPayloadLimit(input, frame.stateName) };
}

async function itemsOf(run: Run, frame: Frame, state: StateOf<'Map'>): Promise<FanOut> {
  const bindings = bindingsOf(run.execution, frame);
  const items =
    state.Items === undefined ? listIn(frame) : await evaluateTo(kinds.list, state.Items, { bindings, field: 'Items' });
  const limit = await evaluateTo(kinds.count, state.MaxConcurrency ?? 0, { bindings, field: 'MaxConcurrency' });
  return { kind: 'map', items: withinPayloadLimit(items, frame.stateName), limit };
}

function listIn({ input }: Frame): unknown[] {
  if (Array.isArray(input)) return input;
  throw new EvaluationFailure(`Map state input must be an array but was: ${JSON.stringify(input)}`);
}

function begin(run: Run, frame: Frame, { fan, fanOut }: { fan: Fan<FanState>; fanOut: FanOut }): FanOut {
  frame.fanOut = fanOut;
  const details = fanOut.kind === 'map' ? { length: fanOut.items.length } : undefined;
  new Step(run).note(frame, `${fan.state.Type}StateStarted`, details).keep(frame).append(fan.signal);
  return fanOut;
}

async function gather(run: Run, frame: Frame, how: Spread & Fan<FanState>): Promise<Outcome> {
  const result = withinPayloadLimit(await spread(run, frame, how), frame.stateName);
  new Step(run).noteAside(frame, `${how.state.Type}StateSucceeded`).append(how.signal);
  return leave(run, frame, { leaving: how.state, otherwise: result, sees: { result } });
}

interface Spread {
  readonly count: number;
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly runFrame: RunFrame;
  readonly enter: Fan<FanState>['enter'];
  inputOf(index: number): Promise<unknown>;
}

/** The first failure cuts off the other strands and, once they have let go, fails the state. */
async function spread(run: Run, frame: Frame, how: Spread): Promise<unknown[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([how.signal, siblings.signal]);
  // Each waiting strand listens here; more than ten is no leak.
  setMaxListeners(0, signal);
  const outputs: unknown[] = new Array(how.count).fill(null);
  const begun = frame.lastEvent;
  let next = 0;
  const worker = async () => {
    // An iteration that takes the place of another follows the last event inside that one.
    let after = begun;
    for (let index = next++; index < how.count; index = next++) {
      const done = await strand(run, frame, { ...how, signal, index, after });
      outputs[index] = done.output;
      after = done.lastEvent;
    }
  };
  const workers = Array.from({ length: Math.min(how.limit, how.count) }, worker);
  try {
    await Promise.all(workers);
    return outputs;
  } catch (error) {
    siblings.abort(new Interrupted('sibling-failed'));
    await Promise.allSettled(workers);
    throw error;
  }
}

async function strand(
  run: Run,
  frame: Frame,
  how: Spread & { index: number; after: number },
): Promise<{ output: unknown; lastEvent: number }> {
  const { index, signal } = how;
  const known = frame.restored.get(index);
  if (known?.result !== undefined) return { output: known.result.output, lastEvent: known.lastEvent };
  const child = known ?? { ...newFrame(childScope(frame, index), { frame, index }), lastEvent: how.after };
  try {
    if (known === undefined) {
      const input = withinPayloadLimit(await how.inputOf(index), frame.stateName);
      const step = new Step(run);
      if (isMap(frame)) step.note(child, 'MapIterationStarted', { name: frame.stateName, index });
      how.enter(step, child, input);
      step.append(signal);
    }
    const output = await how.runFrame(run, child, signal);
    return { output, lastEvent: child.lastEvent };
  } catch (error) {
    if (error instanceof StateFailure && !signal.aborted) {
      if (isMap(frame)) {
        new Step(run).note(child, 'MapIterationFailed', { name: frame.stateName, index }).append(signal);
      }
      frame.lastEvent = child.lastEvent;
    }
    throw error;
  }
}

function isMap(frame: Frame): boolean {
  return stateOf(frame).Type === 'Map';
}
