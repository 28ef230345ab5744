import { evaluate, evaluateMembers } from '../language/expression.ts';
import { bindingsOf, type Frame } from './frame.ts';
import { withinPayloadLimit } from './limits.ts';
import type { Run } from './run.ts';

/** How a state was left: the next state, or none at the end of its scope. */
export interface Outcome {
  readonly output: unknown;
  readonly assigned: Readonly<Record<string, unknown>>;
  readonly next: string | undefined;
}

/** Where Output, Assign and Next stand: a state, a Choice rule or a Catcher. */
export interface Leaving {
  readonly Output?: unknown;
  readonly Assign?: object | undefined;
  readonly Next?: string | undefined;
}

/**
 * Applies Output and Assign, both against the variables as they were on entry ("Passing data between states with
 * variables", AWS developer guide). Without Output the `otherwise` value goes on.
 */
export async function leave(
  run: Run,
  frame: Frame,
  how: { leaving: Leaving; otherwise: unknown; sees?: { result?: unknown; errorOutput?: unknown }; field?: string },
): Promise<Outcome> {
  const { leaving, otherwise, sees, field = '' } = how;
  const bindings = bindingsOf(run.execution, frame, sees);
  const output = leaving.Output === undefined ? otherwise : await evaluate(leaving.Output, bindings, `${field}Output`);
  const assigned = await evaluateMembers(leaving.Assign ?? {}, bindings, `${field}Assign`);
  return {
    output: withinPayloadLimit(output, frame.stateName),
    assigned: withinPayloadLimit(assigned, frame.stateName),
    next: leaving.Next,
  };
}
