import type * as z from 'zod';
import { InvalidInputError, PermanentError } from '#kit/errors.ts';
import type { planRunInput, RunPlan } from '../contract.ts';
import type { RunBook } from '../ports.ts';
import type { CountyLetter } from '../publication/counties.ts';
import { runSubject } from '../publication/run-name.ts';

/** What the environment says of every run. */
export interface RunSettings {
  readonly counties: readonly CountyLetter[];
  readonly retrySeconds: number;
  readonly maxAttempts: number;
}

/** Settles what the run is of and writes it into the book, so that people see it from its first state on. */
export async function planRun(
  input: z.output<typeof planRunInput>,
  { runs, settings }: { readonly runs: Pick<RunBook, 'begin'>; readonly settings: RunSettings },
): Promise<RunPlan> {
  const plan: RunPlan = {
    run_id: input.run_id,
    ...subjectOf(input),
    counties: [...new Set(input.counties ?? settings.counties)],
    ...(input.counties ? {} : { whole: true }),
    retry_seconds: settings.retrySeconds,
    max_attempts: settings.maxAttempts,
    ...(input.allow_withdrawals ? { allow_withdrawals: true } : {}),
    ...(input.refetch ? { refetch: true } : {}),
  };
  await runs.begin(plan);
  return plan;
}

function subjectOf(input: z.output<typeof planRunInput>) {
  try {
    return runSubject(input);
  } catch (error) {
    // There is no request to answer: the execution was started with a wrong input.
    if (error instanceof InvalidInputError) throw new PermanentError(`The run's input: ${error.message}`);
    throw error;
  }
}
