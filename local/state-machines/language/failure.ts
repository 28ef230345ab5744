import { StateFailure } from '../errors.ts';

/** What a state fails with whose expression gave no value, or one that its field doesn't take. */
export function evaluationFailure(cause: string): StateFailure {
  return new StateFailure('States.QueryEvaluationError', cause);
}
