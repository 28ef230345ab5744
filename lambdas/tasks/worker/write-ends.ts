import { PermanentError, UnavailableError } from '#kit/errors.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { ArgumentError, UnknownFileError } from '#kit/task.ts';
import type { AfterEnd, Ended, LeasedTask } from '../task.ts';
import { persistently } from './persistently.ts';
import type { WorkerPorts } from './ports.ts';

/** What a function gave can't be written into its row. */
class UnwritableError extends PermanentError {
  override readonly name = 'UnwritableError';
}

/**
 * Writes ends; those that come soon after one another, or while others are written, go together. `running`: attempts
 * whose end isn't written, of which those that wait to be written are some.
 */
export function writer(ports: WorkerPorts, running: () => number = () => 1): (ended: Ended) => Promise<void> {
  let waiting: Ended[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (ended) => {
    waiting.push(ended);
    next ??= last.then(async () => {
      await othersEnd(() => running() - waiting.length);
      const together = waiting;
      waiting = [];
      next = undefined;
      last = writeEnds(together, ports);
      await last;
    });
    return next;
  };
}

// Short functions of a batch end within a millisecond of one another, and a statement costs as much as five of them.
const betweenEndsMs = 2;
// A batch of ten of them; what ends beside one that goes on is no later than that.
const longestWaitMs = 20;

/** Others may end as well: waits while they do. A task that runs alone waits for no other. */
async function othersEnd(running: () => number): Promise<void> {
  // Whatever ended in the same turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
  let before = Number.POSITIVE_INFINITY;
  for (let waited = 0; waited < longestWaitMs; waited += betweenEndsMs) {
    const left = running();
    if (left <= 0 || left >= before) return;
    before = left;
    await new Promise((resolve) => setTimeout(resolve, betweenEndsMs));
  }
}

async function writeEnds(ended: readonly Ended[], ports: WorkerPorts): Promise<void> {
  const { written, failed } = await writtenTogether(ended, ports);
  for (const { status } of written) ports.count(counted[status] ?? 'TasksEnded');
  const byId = new Map(written.map((one) => [one.id, one]));
  await Promise.all([
    ...ended.flatMap(({ task, ending }) =>
      ending.status === 'RETRY' && byId.get(task.id)?.status === 'RETRY'
        ? [ports.sends.task(task, ending.delaySeconds)]
        : [],
    ),
    tellCallers(written, ports),
    failed ? ports.wakeAlerts() : undefined,
  ]);
}

interface Written {
  readonly written: readonly AfterEnd[];
  readonly failed: boolean;
}

/** All in one statement; when the database refuses it, each alone, so that one that can't be written stops no other. */
async function writtenTogether(ended: readonly Ended[], ports: WorkerPorts): Promise<Written> {
  const failures = ended.flatMap((one) => failureOf(one, ports));
  try {
    const written = await persistently(() => ports.leases.finish(ended, failures));
    return { written, failed: failures.length > 0 };
  } catch (error) {
    // The database is away: all of them are begun anew when their leases end.
    if (error instanceof UnavailableError) throw error;
    const [one] = ended;
    if (one && ended.length === 1) return writtenTogether([unwritable(one, error)], ports);
    const each = await Promise.all(ended.map((alone) => writtenTogether([alone], ports)));
    return { written: each.flatMap(({ written }) => written), failed: each.some(({ failed }) => failed) };
  }
}

/** The failure of an end that the database refuses. One that is refused as well is thrown. */
function unwritable({ task, ending, workedMs }: Ended, refusal: unknown): Ended {
  if (ending.status === 'FAILURE' && ending.error instanceof UnwritableError) throw refusal;
  const said = refusal instanceof Error ? refusal.message : String(refusal);
  const error = new UnwritableError(`The database refused the end of ${task.name}: ${said}`);
  return { task, ending: { status: 'FAILURE', error }, workedMs };
}

const counted: Readonly<Record<string, string>> = {
  SUCCESS: 'TasksSucceeded',
  RETRY: 'TasksRetried',
  FAILURE: 'TasksFailed',
  REVOKED: 'TasksRevoked',
};

async function tellCallers(written: readonly AfterEnd[], { sends }: WorkerPorts): Promise<void> {
  const ended = written.filter(({ status, callbackUrl }) => status !== 'RETRY' && callbackUrl !== null);
  if (ended.length > 0) await sends.callbacks(ended);
}

/** A task that failed for good, as the ledger has it: its replay comes by the worker's queue. */
function failureOf({ task, ending }: Ended, { door, clock }: Pick<WorkerPorts, 'door' | 'clock'>): NewFailure[] {
  // A caller's own mistake is told to the caller, by the task.
  if (ending.status !== 'FAILURE' || isCallers(ending.error)) return [];
  const { name, message, stack } = ending.error;
  return [
    {
      naturalKey: failureKey(task),
      workload: 'tasks',
      sourceKind: 'queue',
      sourceName: 'run-tasks',
      door,
      reason: name,
      message: `${task.name}: ${message}`,
      stack,
      input: JSON.stringify({ task_id: task.id, input: task.input }),
      attributes: {},
      occurredAt: clock(),
      attempts: task.attempts,
      replayOf: task.replayOf ?? undefined,
    },
  ];
}

function isCallers(error: Error): boolean {
  return error instanceof UnknownFileError || error instanceof ArgumentError;
}

function failureKey({ id }: LeasedTask): string {
  return `task:${id}`;
}
