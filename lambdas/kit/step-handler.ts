import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { readEnv } from './env.ts';
import { PermanentError } from './errors.ts';
import { instrumented } from './invocation.ts';
import { faultsAsText } from './issues.ts';
import { once } from './once.ts';
import { logger } from './telemetry.ts';

export interface StepSpec<E extends z.ZodObject, I extends z.ZodType, O extends z.ZodType, S> {
  readonly env: E;
  /** The state's input as the definition sends it. */
  readonly input: I;
  /** What the definition may rely on; checked before it leaves. */
  readonly output: O;
  /** Made once per function instance, on the first invocation. */
  readonly services: (env: z.output<E>) => S;
  readonly handle: (input: z.output<I>, services: S) => Promise<z.input<O>>;
}

/**
 * A task state of a state machine. Wrong input or output is a {@link PermanentError}: the definition and the handler
 * disagree and no retry mends that. Error names reach the definition's Retry and Catch as they are.
 */
export function stepHandler<E extends z.ZodObject, I extends z.ZodType, O extends z.ZodType, S>(
  spec: StepSpec<E, I, O, S>,
): (event: unknown, context: Context) => Promise<z.output<O>> {
  const services = once(() => spec.services(readEnv(spec.env)));
  return instrumented(async (event: unknown) => {
    const input = spec.input.safeParse(event);
    if (!input.success) throw new PermanentError(`The state's input: ${faultsAsText(input.error.issues)}`);
    const output = spec.output.safeParse(await spec.handle(input.data, services()));
    if (!output.success) throw new PermanentError(`The state's output: ${faultsAsText(output.error.issues)}`);
    logger().info('The step is done');
    return output.data;
  });
}
