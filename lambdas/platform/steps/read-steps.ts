import { labelItems } from './labels.ts';
import { endOfWait, inWords, nextTryOf, reasonOfWait } from './next-try.ts';
import type { HistoryEntry, StateShape, Step } from './step.ts';

/** Where an event stands: the visit that it is about, and the item of a Map or branch that this is a part of. */
interface Place {
  readonly step: Step | undefined;
  readonly item: Item | undefined;
}

interface Item {
  readonly container: Step;
  /** `undefined`: a branch. */
  readonly index: number | undefined;
  readonly outer: Item | undefined;
}

const root: Place = { step: undefined, item: undefined };

const begins = /^((Task|LambdaFunction|Activity)Scheduled|(Map|Parallel)StateStarted)$/;
const fails = /^((Task|LambdaFunction|Activity)(\w*Failed|TimedOut)|(Map|Parallel)StateFailed|EvaluationFailed)$/;
const succeeds = /^((Task|LambdaFunction|Activity)Succeeded|(Map|Parallel)StateSucceeded)$/;
const ends = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

/** The visits of an execution's states in their order, made of its history: each event names the one before it. */
export function stepsOf(events: readonly HistoryEntry[], states: ReadonlyMap<string, StateShape>): Step[] {
  const steps: Step[] = [];
  const places = new Map<number, Place>();
  const variables = new Map<string, string>();
  let ending: HistoryEntry | undefined;
  for (const event of events) {
    const before = places.get(event.previous) ?? root;
    const place = placeOf(event, before, events);
    if (event.type.endsWith('StateEntered')) {
      const entered = { step: begun(event, place.item), item: place.item };
      steps.push(entered.step);
      places.set(event.id, entered);
    } else {
      places.set(event.id, place);
      if (place.step) take(place.step, event, states);
    }
    for (const [name, text] of Object.entries((event.details.assignedVariables as object | undefined) ?? {}))
      variables.set(name, String(text));
    if (ends.test(event.type)) ending = event;
  }
  for (const step of steps) settle(step, { state: states.get(step.name), variables, ending });
  labelItems(steps);
  return steps;
}

/** An item's first state stands in it; what tells of its end, or of its Map's, stands outside again. */
function placeOf({ type, details, previous }: HistoryEntry, before: Place, events: readonly HistoryEntry[]): Place {
  const { step, item } = before;
  if (type === 'MapIterationStarted' && step)
    return { step, item: { container: step, index: Number(details.index), outer: item } };
  if (/^MapIteration(Succeeded|Failed|Aborted)$/.test(type) && item) return { step: item.container, item: item.outer };
  if (
    /^(Map|Parallel)State(Succeeded|Failed|Aborted|Exited)$/.test(type) &&
    item &&
    step?.type !== type.split('State')[0]
  )
    return { step: item.container, item: item.outer };
  const isBranch = type.endsWith('StateEntered') && eventNamed(events, previous)?.type === 'ParallelStateStarted';
  if (isBranch && step) return { step, item: { container: step, index: undefined, outer: item } };
  return before;
}

/** Ids count from 1 without gaps. */
function eventNamed(events: readonly HistoryEntry[], id: number): HistoryEntry | undefined {
  return events[id - 1]?.id === id ? events[id - 1] : events.find((event) => event.id === id);
}

function begun({ id, at, type, details }: HistoryEntry, item: Item | undefined): Step {
  return {
    id,
    name: String(details.name ?? ''),
    type: type.replace('StateEntered', ''),
    within: item?.container.id ?? null,
    item: item?.index ?? null,
    label: null,
    state: 'running',
    started_at: at,
    ended_at: null,
    attempts: [],
    input: textOf(details.input),
    output: null,
    next_at: null,
    waits_for: null,
  };
}

function take(step: Step, { type, at, details }: HistoryEntry, states: ReadonlyMap<string, StateShape>): void {
  if (begins.test(type)) {
    step.attempts.push({ started_at: at, ended_at: null, error: null, cause: null });
    step.next_at = null;
  }
  const attempt = step.attempts.at(-1);
  if (fails.test(type)) {
    const failure = { ended_at: at, error: textOf(details.error) ?? 'States.TaskFailed', cause: textOf(details.cause) };
    // The work may have failed before it was asked for.
    if (attempt && attempt.ended_at === null) Object.assign(attempt, failure);
    else step.attempts.push({ started_at: at, ...failure });
    const errors = step.attempts.flatMap(({ error }) => (error === null ? [] : [error]));
    step.next_at = nextTryOf(states.get(step.name), errors, at) ?? null;
    return;
  }
  if (succeeds.test(type) && attempt) attempt.ended_at = at;
  if (!type.endsWith('StateExited')) return;
  step.ended_at = at;
  step.output = textOf(details.output);
}

interface Known {
  readonly state: StateShape | undefined;
  readonly variables: ReadonlyMap<string, string>;
  /** The event that ended the execution. */
  readonly ending: HistoryEntry | undefined;
}

/** How a visit stands, once everything is read. */
function settle(step: Step, { state, variables, ending }: Known): void {
  const failed = step.attempts.at(-1)?.error ?? null;
  if (step.ended_at !== null) {
    step.state = failed === null ? 'succeeded' : 'caught';
    step.next_at = null;
    return;
  }
  if (ending) {
    const isFailure = step.type === 'Fail' || failed !== null || ending.type === 'ExecutionFailed';
    step.state = isFailure && ending.type !== 'ExecutionAborted' ? 'failed' : 'stopped';
    step.ended_at = ending.at;
    step.next_at = null;
    return;
  }
  if (step.type === 'Wait') {
    step.state = 'waiting';
    step.next_at = endOfWait(state, step, variables) ?? null;
    step.waits_for = reasonOfWait(state, step.input);
    return;
  }
  if (failed === null || step.next_at === null) return;
  step.state = 'retrying';
  step.waits_for = inWords(step.attempts.at(-1)?.cause ?? failed);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
