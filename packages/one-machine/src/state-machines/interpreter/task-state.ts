import { Interrupted, StateFailure, taskFailure } from '../errors.ts';
import type { StateOf } from '../language/definition.ts';
import { evaluate, evaluateTo, kinds } from '../language/expression.ts';
import { callAt, unlessAborted } from './clock.ts';
import { bindingsOf, type Frame } from './frame.ts';
import { withinPayloadLimit } from './limits.ts';
import { leave, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { Step } from './step.ts';

interface TaskContext {
  readonly state: StateOf<'Task'>;
  readonly signal: AbortSignal;
}

/** Invokes the task once; a crash before the answer is written down means once more after the restart. */
export async function perform(run: Run, frame: Frame, { state, signal }: TaskContext): Promise<Outcome> {
  const bindings = bindingsOf(run.execution, frame);
  const given = state.Arguments === undefined ? frame.input : await evaluate(state.Arguments, bindings, 'Arguments');
  const work = {
    arguments: withinPayloadLimit(given, frame.stateName),
    timeoutSeconds:
      state.TimeoutSeconds === undefined
        ? undefined
        : await evaluateTo(kinds.positive, state.TimeoutSeconds, { bindings, field: 'TimeoutSeconds' }),
  };
  const { kind, resource } = eventsOf(state.Resource);
  new Step(run)
    .note(frame, `${kind}Scheduled`, { ...scheduled(run, state, work), timeoutInSeconds: work.timeoutSeconds })
    .note(frame, `${kind}Started`, resource)
    .append(signal);

  const result = await invoke(run, frame, { state, signal, ...work });
  new Step(run)
    .note(frame, `${kind}Succeeded`, {
      ...resource,
      output: JSON.stringify(result),
      outputDetails: { truncated: false },
    })
    .append(signal);
  return leave(run, frame, { leaving: state, otherwise: result, sees: { result } });
}

async function invoke(
  run: Run,
  frame: Frame,
  task: TaskContext & { arguments: unknown; timeoutSeconds: number | undefined },
): Promise<unknown> {
  const { timeoutSeconds: seconds } = task;
  const timeout = new AbortController();
  const signal = AbortSignal.any([task.signal, timeout.signal]);
  const late = new StateFailure('States.Timeout', `State '${frame.stateName}' timed out after ${seconds} seconds.`);
  const cancel =
    seconds === undefined
      ? () => {}
      : callAt(new Date(run.now().getTime() + seconds * 1000), run.now, () => timeout.abort(late));
  try {
    return withinPayloadLimit(
      asJson(await unlessAborted(answer(run, frame, { ...task, signal }), signal)),
      frame.stateName,
    );
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const failure = taskFailure(error);
    noteFailure(run, frame, { failure, task, timedOut: failure === late });
    throw failure;
  } finally {
    cancel();
  }
}

/** Async, so that an invoker that throws at once is a failed task too. */
async function answer(run: Run, frame: Frame, task: TaskContext & { arguments: unknown }): Promise<unknown> {
  return run.invoke({
    resource: task.state.Resource,
    arguments: task.arguments,
    stateName: frame.stateName,
    executionArn: run.execution.arn,
    signal: task.signal,
  });
}

function noteFailure(
  run: Run,
  frame: Frame,
  { failure, task, timedOut }: { failure: StateFailure; task: TaskContext; timedOut: boolean },
): void {
  const { kind, resource } = eventsOf(task.state.Resource);
  new Step(run)
    .note(frame, `${kind}${timedOut ? 'TimedOut' : 'Failed'}`, {
      ...resource,
      error: failure.errorName,
      cause: failure.message,
    })
    .append(task.signal);
}

/** What would come back over the wire: undefined is null, dates are text. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}

/** `arn:aws:states:::lambda:invoke` is the action `invoke` of `lambda`; a function's own arn has events of its own. */
function eventsOf(arn: string): {
  kind: 'Task' | 'LambdaFunction';
  resource: { resourceType: string; resource: string } | undefined;
} {
  const [, , service, , , resourceType = '', ...rest] = arn.split(':');
  if (service === 'lambda') return { kind: 'LambdaFunction', resource: undefined };
  return { kind: 'Task', resource: { resourceType, resource: rest.join(':') } };
}

function scheduled(run: Run, { Resource }: StateOf<'Task'>, work: { readonly arguments: unknown }): object {
  const text = JSON.stringify(work.arguments);
  const { kind, resource } = eventsOf(Resource);
  return kind === 'LambdaFunction'
    ? { resource: Resource, input: text, inputDetails: { truncated: false } }
    : { ...resource, region: run.execution.machine.arn.split(':')[3], parameters: text };
}
