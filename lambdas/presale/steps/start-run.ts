import { ConflictError } from '#kit/errors.ts';
import type { RunRequest } from '../contract.ts';
import type { RunMachine } from '../ports.ts';
import { executionName, type RunSubject, runSubject } from '../publication/run-name.ts';

/** A run that was started by hand. */
export interface StartedRun extends RunSubject {
  readonly run_id: string;
}

/** Starts a run, again if it ran before. Throws {@link ConflictError} while the same one runs. */
export async function startRun(
  request: RunRequest,
  { machine }: { readonly machine: RunMachine },
): Promise<StartedRun> {
  const subject = runSubject(request);
  const runId = await freeName(subject, machine);
  const input = {
    ...(subject.season === null ? { publication_date: subject.publication_date } : { season: subject.season }),
    ...(request.counties ? { counties: request.counties } : {}),
    ...(request.allow_withdrawals ? { allow_withdrawals: true } : {}),
  };
  // Somebody took the name between the question and the start: then theirs is running.
  if ((await machine.start(runId, input)) === 'exists') throw running(subject);
  return { ...subject, run_id: runId };
}

async function freeName(subject: RunSubject, machine: RunMachine): Promise<string> {
  for (let ordinal = 1; ; ordinal += 1) {
    const name = executionName(subject, ordinal);
    const status = await machine.status(name);
    if (status === undefined) return name;
    if (status === 'running') throw running(subject);
  }
}

function running({ name }: RunSubject): ConflictError {
  return new ConflictError(`Run ${name} is under way.`);
}
