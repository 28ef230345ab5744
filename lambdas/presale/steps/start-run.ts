import type { Clock } from '#kit/clock.ts';
import { ConflictError, InvalidInputError } from '#kit/errors.ts';
import type { RunRequest } from '../contract.ts';
import type { RunMachine } from '../ports.ts';
import { publicationAfter, taipeiDate } from '../publication/publication-date.ts';
import { executionName, type RunSubject, runSubject } from '../publication/run-name.ts';

/** A run that was started by hand. */
export interface StartedRun extends RunSubject {
  readonly run_id: string;
}

/**
 * Starts a run, again if it ran before. Throws {@link ConflictError} while the same one runs, and
 * {@link InvalidInputError} for one that is further away than the next publication: it would wait in vain.
 */
export async function startRun(
  request: RunRequest,
  { machine, clock }: { readonly machine: RunMachine; readonly clock: Clock },
): Promise<StartedRun> {
  const subject = runSubject(request);
  const today = taipeiDate(clock());
  const next = publicationAfter(today);
  if (subject.publication_date > next) {
    const field = request.season ? 'season' : 'publication_date';
    throw new InvalidInputError({ json: { [field]: [`Too early: the next publication is that of ${next}.`] } });
  }
  const whole = request.counties === undefined && subject.publication_date <= today;
  const runId = await freeName(subject, machine, subject.season === null && !whole ? 2 : 1);
  const input = {
    ...(subject.season === null ? { publication_date: subject.publication_date } : { season: subject.season }),
    ...(request.counties ? { counties: request.counties } : {}),
    ...(request.allow_withdrawals ? { allow_withdrawals: true } : {}),
    ...(request.refetch ? { refetch: true } : {}),
  };
  // Another start took the name between the question and this one: then that run is running.
  if ((await machine.start(runId, input)) === 'exists') throw running(subject);
  return { ...subject, run_id: runId };
}

/**
 * The first free name from `first` on. The schedule knows one name only, the first: a run of some
 * counties, or one that may give up before the slot has come, leaves it free, or the rest would never be loaded.
 */
async function freeName(subject: RunSubject, machine: RunMachine, first: 1 | 2): Promise<string> {
  let free: string | undefined;
  for (let ordinal = 1; ; ordinal += 1) {
    const name = executionName(subject, ordinal);
    const status = await machine.status(name);
    if (status === 'running') throw running(subject);
    if (status !== undefined) continue;
    if (ordinal >= first) free ??= name;
    // Behind a free first name there may be runs that left it free.
    if (ordinal > 1 && free !== undefined) return free;
  }
}

function running({ name }: RunSubject): ConflictError {
  return new ConflictError(`Run ${name} is under way.`);
}
