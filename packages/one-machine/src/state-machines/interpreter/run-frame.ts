import { EvaluationFailure, StateFailure } from '../errors.ts';
import { sleepUntil } from './clock.ts';
import { runBranches, runItems } from './fan-out.ts';
import { type Frame, indexesOf, moveTo, stateOf } from './frame.ts';
import { withinVariablesLimit } from './limits.ts';
import { leave, type Outcome } from './outcome.ts';
import { catcherFor, nextRetry } from './recovery.ts';
import type { Run } from './run.ts';
import { choose, fail, wait } from './simple-states.ts';
import { Step } from './step.ts';
import { perform } from './task-state.ts';

/**
 * Runs a strand from where its frame stands to its end and returns its output. Each transition is durable before the
 * next state begins. Rejects with a StateFailure, or with Interrupted when cut off.
 */
export async function runFrame(run: Run, frame: Frame, signal: AbortSignal): Promise<unknown> {
  for (;;) {
    const outcome = await settle(run, frame, signal);
    const { output, next } = outcome;
    const step = exit(run, frame, outcome);
    if (next === undefined) {
      finish(run, frame, { step, output });
      await step.commit(signal);
      return output;
    }
    frame.variables = withinVariablesLimit({ ...frame.variables, ...outcome.assigned }, frame.stateName);
    enter(run, step, { frame, stateName: next, input: output });
    await step.commit(signal);
  }
}

/** Moves a frame into a state and notes it; the first state of a strand is entered by the code that starts the strand. */
export function enter(
  run: Run,
  step: Step,
  { frame, stateName, input }: { frame: Frame; stateName: string; input: unknown },
): void {
  moveTo(frame, stateName, { input, at: run.now() });
  frame.enteredAfter = frame.lastEvent;
  step
    .note(frame, `${stateOf(frame).Type}StateEntered`, {
      name: stateName,
      input: JSON.stringify(input),
      inputDetails: { truncated: false },
    })
    .tell(frame, 'entered');
  frame.enteredEvent = frame.lastEvent;
  step.keep(frame);
}

function exit(run: Run, frame: Frame, { output, assigned }: Outcome): Step {
  const variables = Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)]);
  const step = new Step(run);
  if (frame.fanOut !== undefined) step.dropChildren(frame);
  return step
    .note(frame, `${stateOf(frame).Type}StateExited`, {
      name: frame.stateName,
      output: JSON.stringify(output),
      outputDetails: { truncated: false },
      ...(variables.length === 0
        ? {}
        : { assignedVariables: Object.fromEntries(variables), assignedVariablesDetails: { truncated: false } }),
    })
    .tell(frame, 'exited', { output });
}

function finish(run: Run, frame: Frame, { step, output }: { step: Step; output: unknown }): void {
  if (frame.parent === undefined) {
    const at = run.now();
    step
      .note(frame, 'ExecutionSucceeded', { output: JSON.stringify(output), outputDetails: { truncated: false } })
      .tell(frame, 'ended', { status: 'SUCCEEDED', output, at })
      .end({ status: 'SUCCEEDED', output, at });
    return;
  }
  frame.result = { output };
  frame.parent.lastEvent = frame.lastEvent;
  if (stateOf(frame.parent).Type === 'Map') {
    const index = indexesOf(frame).at(-1) ?? 0;
    step.noteAside(frame, 'MapIterationSucceeded', { name: frame.parent.stateName, index });
    frame.parent.lastEvent = run.lastEvent;
  }
  step.keep(frame);
}

/** Executes the frame's state with its Retry and Catch. */
async function settle(run: Run, frame: Frame, signal: AbortSignal): Promise<Outcome> {
  for (;;) {
    try {
      if (frame.wakeAt !== undefined && stateOf(frame).Type !== 'Wait') await pause(run, frame, signal);
      return await execute(run, frame, signal);
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      const caught = await recover(run, frame, { error, signal });
      if (caught !== undefined) return caught;
    }
  }
}

async function pause(run: Run, frame: Frame, signal: AbortSignal): Promise<void> {
  if (frame.wakeAt !== undefined) await sleepUntil(frame.wakeAt, run.now, signal);
  frame.wakeAt = undefined;
}

async function execute(run: Run, frame: Frame, signal: AbortSignal): Promise<Outcome> {
  const state = stateOf(frame);
  const fan = {
    signal,
    runFrame,
    enter: (step: Step, child: Frame, input: unknown) => enterFirst(run, step, child, input),
  };
  switch (state.Type) {
    case 'Pass':
    case 'Succeed':
      return leave(run, frame, { leaving: state, otherwise: frame.input });
    case 'Choice':
      return choose(run, frame, state);
    case 'Wait':
      return wait(run, frame, { state, signal });
    case 'Fail':
      return fail(run, frame, state);
    case 'Task':
      return perform(run, frame, { state, signal });
    case 'Map':
      return runItems(run, frame, { state, ...fan });
    case 'Parallel':
      return runBranches(run, frame, { state, ...fan });
  }
}

function enterFirst(run: Run, step: Step, frame: Frame, input: unknown): void {
  enter(run, step, { frame, stateName: frame.scope.StartAt, input });
}

/** Undefined: retry at `frame.wakeAt`. An outcome: caught. Throws the failure when nothing covers it. */
async function recover(
  run: Run,
  frame: Frame,
  { error, signal }: { error: StateFailure; signal: AbortSignal },
): Promise<Outcome | undefined> {
  const state = stateOf(frame);
  const failure = StateFailure.inState(frame, error);
  const step = failed(run, frame, error);
  const told = { error: failure.errorName, cause: failure.message };
  const { Retry = [], Catch = [] } = 'Retry' in state || 'Catch' in state ? state : {};

  const pauseMs = nextRetry(Retry, frame.retries, failure);
  if (pauseMs !== undefined) {
    frame.wakeAt = new Date(run.now().getTime() + pauseMs);
    if (frame.fanOut !== undefined) step.dropChildren(frame);
    frame.fanOut = undefined;
    frame.restored.clear();
    await step
      .tell(frame, 'retried', { ...told, until: frame.wakeAt })
      .keep(frame)
      .commit(signal);
    return undefined;
  }
  step.tell(frame, 'failed', told).append(signal);
  const found = catcherFor(Catch, failure);
  if (found === undefined) throw failure;
  const { errorOutput } = failure;
  const { catcher, field } = found;
  return leave(run, frame, { leaving: catcher, otherwise: errorOutput, sees: { errorOutput }, field }).catch(
    (uncaught: unknown) => {
      if (!(uncaught instanceof StateFailure)) throw uncaught;
      noteEvaluation(new Step(run), frame, uncaught).append(signal);
      throw StateFailure.inState(frame, uncaught);
    },
  );
}

/** The history of a failure: what could not be evaluated, and that a Map or Parallel ended badly. */
function failed(run: Run, frame: Frame, error: StateFailure): Step {
  const { Type } = stateOf(frame);
  const step = noteEvaluation(new Step(run), frame, error);
  return Type === 'Map' || Type === 'Parallel' ? step.note(frame, `${Type}StateFailed`) : step;
}

/** Tells of an expression of the frame's own state; one of a strand inside was told of there. */
function noteEvaluation(step: Step, frame: Frame, error: StateFailure): Step {
  if (!(error instanceof EvaluationFailure)) return step;
  const { location } = error;
  const { errorName, message } = StateFailure.inState(frame, error);
  // What fails on entry follows the event before the entering; a Wait has been entered by then.
  const onEntry = frame.lastEvent === frame.enteredEvent && stateOf(frame).Type !== 'Wait';
  if (onEntry) frame.lastEvent = frame.enteredAfter;
  return step.note(frame, 'EvaluationFailed', {
    error: errorName,
    cause: message,
    ...(location === undefined ? {} : { location }),
    state: frame.stateName,
  });
}
