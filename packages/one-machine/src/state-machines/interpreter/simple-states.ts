import { EvaluationFailure, StateFailure } from '../errors.ts';
import type { StateOf } from '../language/definition.ts';
import { timestamp } from '../language/definition.ts';
import { evaluate, evaluateTo, kinds } from '../language/expression.ts';
import { sleepUntil } from './clock.ts';
import { bindingsOf, type Frame } from './frame.ts';
import { leave, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { Step } from './step.ts';

/** The first rule whose Condition is true; without one the Default and the state's own Assign and Output. */
export async function choose(run: Run, frame: Frame, state: StateOf<'Choice'>): Promise<Outcome> {
  const bindings = bindingsOf(run.execution, frame);
  for (const [at, rule] of state.Choices.entries()) {
    const field = `Choices[${at}]/`;
    const holds = await evaluateTo(kinds.boolean, rule.Condition, { bindings, field: `${field}Condition` });
    if (holds) return leave(run, frame, { leaving: rule, otherwise: frame.input, field });
  }
  if (state.Default === undefined) {
    // AWS reserves States.NoChoiceMatched and reports States.Runtime, which nothing catches
    // ("Handling errors in Step Functions workflows").
    throw new StateFailure(
      'States.Runtime',
      'Failed to transition out of the state. The state does not point to a next state.',
    );
  }
  return leave(run, frame, { leaving: { ...state, Next: state.Default }, otherwise: frame.input });
}

/** Waits until a time fixed on entry: a restart in between changes nothing. */
export async function wait(
  run: Run,
  frame: Frame,
  { state, signal }: { state: StateOf<'Wait'>; signal: AbortSignal },
): Promise<Outcome> {
  if (frame.wakeAt === undefined) {
    frame.wakeAt = await wakeTime(run, frame, state);
    if (frame.wakeAt > run.now())
      await new Step(run).keep(frame).tell(frame, 'waits', { until: frame.wakeAt }).commit(signal);
  }
  await sleepUntil(frame.wakeAt, run.now, signal);
  return leave(run, frame, { leaving: state, otherwise: frame.input });
}

async function wakeTime(run: Run, frame: Frame, state: StateOf<'Wait'>): Promise<Date> {
  const bindings = bindingsOf(run.execution, frame);
  if (state.Timestamp === undefined) {
    const seconds = await evaluateTo(kinds.count, state.Seconds, { bindings, field: 'Seconds' });
    return new Date(run.now().getTime() + seconds * 1000);
  }
  const given = await evaluate(state.Timestamp, bindings, 'Timestamp');
  const at = timestamp.safeParse(given);
  if (at.success) return new Date(at.data);
  const words = 'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string';
  throw new EvaluationFailure(`${words}: ${typeof given === 'string' ? given : JSON.stringify(given)}`, 'Timestamp');
}

/** A Fail state never goes on: it throws the error it describes. */
export async function fail(run: Run, frame: Frame, state: StateOf<'Fail'>): Promise<never> {
  const bindings = bindingsOf(run.execution, frame);
  const text = (template: string | undefined, field: string) =>
    evaluateTo(kinds.text, template ?? '', { bindings, field });
  throw new StateFailure(await text(state.Error, 'Error'), await text(state.Cause, 'Cause'));
}
