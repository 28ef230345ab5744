import { Interrupted, StateFailure } from '../errors.ts';
import type { Ending } from '../execution.ts';
import { callAt } from './clock.ts';
import type { Frame } from './frame.ts';
import type { Run } from './run.ts';
import { enter, runFrame } from './run-frame.ts';
import { Step } from './step.ts';

/** Lets an execution be ended from outside. */
export interface Control {
  readonly abort: AbortController;
  /** What a stop gave as its reason, shown in the description. */
  stopped?: { readonly error?: string | undefined; readonly cause?: string | undefined };
}

/** The first step: the execution and its first state appear in the history together. */
export function firstStep(run: Run, root: Frame): Step {
  const { execution } = run;
  // AWS's first state follows nothing: it names event 0, not the start.
  const step = new Step(run).noteAside(root, 'ExecutionStarted', {
    input: JSON.stringify(execution.input),
    inputDetails: { truncated: false },
    roleArn: execution.machine.roleArn,
  });
  enter(run, step, { frame: root, stateName: root.scope.StartAt, input: execution.input });
  return step;
}

/**
 * Runs an execution from where its frames stand until it has ended or is cut off by a close. Rejects only when the
 * journal can't be written; the execution then goes on after the next start.
 */
export async function runExecution(run: Run, root: Frame, control: Control): Promise<void> {
  const { signal } = control.abort;
  const { TimeoutSeconds: seconds } = run.execution.definition;
  const cancel =
    seconds === undefined
      ? () => {}
      : callAt(new Date(run.execution.startedAt.getTime() + seconds * 1000), run.now, () =>
          control.abort.abort(new Interrupted('timed-out')),
        );
  try {
    await runFrame(run, root, signal);
  } catch (error) {
    const ending = endingFor(error, control, run.now());
    if (ending === 'later') return;
    await end(run, root, ending);
  } finally {
    cancel();
  }
}

function endingFor(error: unknown, { stopped = {} }: Control, at: Date): Ending | 'later' {
  if (error instanceof StateFailure) return { status: 'FAILED', error: error.errorName, cause: error.message, at };
  if (!(error instanceof Interrupted)) throw error;
  switch (error.reason) {
    case 'stopped':
      return {
        status: 'ABORTED',
        ...(stopped.error === undefined ? {} : { error: stopped.error }),
        ...(stopped.cause === undefined ? {} : { cause: stopped.cause }),
        at,
      };
    case 'timed-out':
      return { status: 'TIMED_OUT', error: 'States.Timeout', cause: 'The execution timed out.', at };
    default:
      return 'later';
  }
}

const eventOf = { SUCCEEDED: 'Succeeded', FAILED: 'Failed', ABORTED: 'Aborted', TIMED_OUT: 'TimedOut' } as const;

async function end(run: Run, root: Frame, ending: Ending): Promise<void> {
  const { status, error, cause, at } = ending;
  // A Fail state without Error or Cause has none in the history and the description either.
  const words = { ...(error ? { error } : {}), ...(cause ? { cause } : {}) };
  await new Step(run)
    .note(root, `Execution${eventOf[status]}`, words)
    .tell(root, 'ended', { status, at, ...words })
    .end({ status, at, ...words })
    .commit();
}
