/** What a task invoker throws: `errorName` is what Retry and Catch compare with, as Lambda reports a class name. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly errorName: string;

  constructor(errorName: string, cause: string) {
    super(cause);
    this.errorName = errorName;
  }
}

/** A failed state: an error name of the States Language or of a task, and the words for a person. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly errorName: string;

  constructor(errorName: string, cause: string) {
    super(cause);
    this.errorName = errorName;
  }

  /** What a Catcher sees in `$states.errorOutput`. */
  get errorOutput(): { Error: string; Cause: string } {
    return { Error: this.errorName, Cause: this.message };
  }

  /** The interpreter's own errors name the visit of the state, once, as AWS words it. */
  static inState(visit: { readonly stateName: string; readonly enteredEvent: number }, failure: StateFailure) {
    const { errorName, message } = failure;
    const worded = /^States\.(QueryEvaluationError|Runtime)$/.test(errorName) && !message.startsWith(occurred);
    if (!worded) return new StateFailure(errorName, message);
    const { stateName, enteredEvent } = visit;
    return new StateFailure(
      errorName,
      `${occurred} '${stateName}' (entered at the event id #${enteredEvent}). ${message}`,
    );
  }
}

const occurred = 'An error occurred while executing the state';

/** A state's own expression that gave no value, or one its field doesn't take. */
export class EvaluationFailure extends StateFailure {
  /** The field, with the path to the member (`Output/total`), where AWS names one. */
  readonly location: string | undefined;

  constructor(cause: string, location?: string) {
    super('States.QueryEvaluationError', cause);
    this.location = location;
  }
}

/** Why work was cut short; never a failure of the state it was in. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly reason: 'closed' | 'stopped' | 'timed-out' | 'sibling-failed';

  constructor(reason: Interrupted['reason']) {
    super(`interrupted: ${reason}`);
    this.reason = reason;
  }
}

/** A definition this runner would not run as AWS does. Thrown at load, before anything runs. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

/** A request AWS would refuse; `code` is the exception's name on the wire. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Never retried or caught, not even by name ("Handling errors in Step Functions workflows", AWS developer guide). */
const fatal = 'States.Runtime';

/** Terminal for the two wildcards, but a Retrier or Catcher may name it. */
const outsideWildcards = new Set([fatal, 'States.DataLimitExceeded']);

/**
 * Whether a Retrier's or Catcher's ErrorEquals covers an error. States.ALL is every known error but the terminal
 * ones; States.TaskFailed the same without States.Timeout.
 */
export function covers(errorEquals: readonly string[], errorName: string): boolean {
  if (errorName === fatal) return false;
  return errorEquals.some((wanted) => {
    if (wanted === errorName) return true;
    if (outsideWildcards.has(errorName)) return false;
    return wanted === 'States.ALL' || (wanted === 'States.TaskFailed' && errorName !== 'States.Timeout');
  });
}

/** What a task threw, as a state failure: an error without a name is the task's, hence States.TaskFailed. */
export function taskFailure(error: unknown): StateFailure {
  if (error instanceof StateFailure) return error;
  if (error instanceof TaskError) return new StateFailure(error.errorName, error.message);
  return new StateFailure('States.TaskFailed', error instanceof Error ? error.message : String(error));
}
