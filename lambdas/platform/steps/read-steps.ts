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
    const place = enteredBeside(event, { steps, places, events }) ?? placeOf(event, before, events);
    if (event.type.endsWith('StateEntered')) {
      const entered = { step: begun(event, place.item), item: place.item };
      steps.push(entered.step);
      places.set(event.id, entered);
    } else {
      places.set(event.id, place);
      if (place.step) take(place.step, event, { states, events });
    }
    for (const [name, text] of Object.entries((event.details.assignedVariables as object | undefined) ?? {}))
      variables.set(name, String(text));
    if (ends.test(event.type)) ending = event;
  }
  for (const step of steps) settle(step, { state: states.get(step.name), variables, ending });
  labelItems(steps);
  return steps;
}

/**
 * An item's first state stands in it; what tells of its end, or of its Map's, stands outside again. AWS lets an item that takes
 * the place of another follow the last state inside that one.
 */
function placeOf({ type, details, previous }: HistoryEntry, before: Place, events: readonly HistoryEntry[]): Place {
  const { step, item } = before;
  if (type.startsWith('MapIteration')) {
    const map = around(before, ({ type: of, name }) => of === 'Map' && name === details.name);
    if (map?.step && type === 'MapIterationStarted')
      return { step: map.step, item: { container: map.step, index: Number(details.index), outer: map.item } };
    return map ?? before;
  }
  const [, kind, change] = /^(Map|Parallel)State(Succeeded|Failed|Aborted|Exited)$/.exec(type) ?? [];
  if (change === 'Exited') return around(before, ({ name }) => name === details.name) ?? before;
  if (kind) return around(before, ({ type: of, ended_at }) => of === kind && ended_at === null) ?? before;
  const isBranch = type.endsWith('StateEntered') && eventNamed(events, previous)?.type === 'ParallelStateStarted';
  if (isBranch && step) return { step, item: { container: step, index: undefined, outer: item } };
  return before;
}

/** The place itself or the nearest around it whose visit is the wanted one. */
function around({ step, item }: Place, isWanted: (step: Step) => boolean): Place | undefined {
  if (step && isWanted(step)) return { step, item };
  return item && around({ step: item.container, item: item.outer }, isWanted);
}

/** What could not be evaluated on entry follows, on AWS, the event before the entering: the visit that follows it, too. */
function enteredBeside(
  { type, details, previous }: HistoryEntry,
  {
    steps,
    places,
    events,
  }: { steps: readonly Step[]; places: ReadonlyMap<number, Place>; events: readonly HistoryEntry[] },
): Place | undefined {
  if (type !== 'EvaluationFailed') return undefined;
  const visit = steps.findLast(
    ({ id, name, ended_at }) =>
      name === details.state && ended_at === null && eventNamed(events, id)?.previous === previous,
  );
  return visit && places.get(visit.id);
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

interface Surroundings {
  readonly states: ReadonlyMap<string, StateShape>;
  readonly events: readonly HistoryEntry[];
}

function take(step: Step, event: HistoryEntry, { states, events }: Surroundings): void {
  const { type, at, details } = event;
  if (begins.test(type)) {
    step.attempts.push({ started_at: at, ended_at: null, error: null, cause: null });
    step.next_at = null;
  }
  const attempt = step.attempts.at(-1);
  if (fails.test(type)) {
    const told = failureIn(event, events);
    // What could not be evaluated has been told of the same visit.
    if (told !== event && told?.details.state === step.name && attempt?.error) return;
    const failure = {
      ended_at: at,
      error: textOf(told?.details.error) ?? 'States.TaskFailed',
      cause: textOf(told?.details.cause),
    };
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

/** AWS says of a failed Map or Parallel only that it failed: why, the event says that led to it. */
function failureIn(event: HistoryEntry, events: readonly HistoryEntry[]): HistoryEntry | undefined {
  let at: HistoryEntry | undefined = event;
  while (at && at.details.error === undefined && !at.type.endsWith('StateEntered'))
    at = eventNamed(events, at.previous);
  return at?.details.error === undefined ? undefined : at;
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
