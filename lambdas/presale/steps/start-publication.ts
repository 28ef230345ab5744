import type { RunMachine } from '../ports.ts';
import { publicationDue, taipeiDate } from '../publication/publication-date.ts';
import { executionName, runSubject } from '../publication/run-name.ts';

/** Starts the run of the publication that is due at the slot's time. A repeated slot is the same run. */
export async function startPublication(
  { scheduledAt }: { readonly scheduledAt: Date },
  { machine }: { readonly machine: RunMachine },
): Promise<{ name: string; run_id: string; state: 'started' | 'exists' }> {
  const publicationDate = publicationDue(taipeiDate(scheduledAt));
  const subject = runSubject({ publication_date: publicationDate });
  const runId = executionName(subject);
  return {
    name: subject.name,
    run_id: runId,
    state: await machine.start(runId, { publication_date: publicationDate }),
  };
}
