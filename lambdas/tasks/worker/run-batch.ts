import { UnavailableError } from '#kit/errors.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { TaskStoppedError } from '#kit/task.ts';
import type { AfterEnd, Ended, Ending, LeasedTask } from '../task.ts';
import { type Attempt, begin, WorkerLostError } from './attempt.ts';
import type { WorkerPorts } from './ports.ts';

// Three heartbeats within the shortest lease; also how soon a termination is heard of.
const heartbeatMs = 2000;

/**
 * Runs the tasks of a batch of messages side by side. One statement begins them all, and one writes the ends that come
 * together. What is not to be begun (running elsewhere, ended, not yet due) has its message dropped.
 */
export async function runBatch(ids: readonly string[], ports: WorkerPorts): Promise<void> {
  const [leased] = await Promise.all([ports.leases.claim(ids, ports.leaseSeconds), ports.sends.sweep()]);
  if (leased.length === 0) return;
  const write = writer(ports);
  const running = new Set(leased.map((task) => begin(task, ports)));
  const heart = beating(running, ports);
  try {
    await Promise.all(
      [...running].map(async (attempt) => {
        const ended = await attempt.ended;
        if ('ending' in ended) await write(ended);
        running.delete(attempt);
      }),
    );
  } finally {
    heart.stop();
  }
}

/** Holds the leases of what runs, says how far it is, and hears what is to stop. */
export function beating(running: ReadonlySet<Attempt>, ports: WorkerPorts): { stop(): void } {
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    try {
      await beat([...running], ports);
    } catch (error) {
      // The lease outlives some beats; when the database stays away it ends, and with it the attempt's right to write.
      ports.log.warn('A heartbeat failed', { error: error instanceof Error ? error.message : String(error) });
    } finally {
      busy = false;
    }
  }, heartbeatMs);
  return { stop: () => clearInterval(timer) };
}

async function beat(running: readonly Attempt[], { leases, leaseSeconds }: WorkerPorts): Promise<void> {
  const held = await leases.renew(
    running.map((attempt) => attempt.sign()),
    leaseSeconds,
  );
  for (const attempt of running) {
    const state = held.get(attempt.task.id);
    if (!state) attempt.stop('lease-lost');
    else if (state.terminate) attempt.stop('terminated');
  }
}

/** Ends a task whose execution can't; nothing happens while a turn of it still holds its lease. */
export async function giveUp(
  id: string,
  { lost, stopped }: { readonly lost: string; readonly stopped?: true | undefined },
  ports: WorkerPorts,
): Promise<void> {
  const [task] = await ports.leases.claim([id], ports.leaseSeconds);
  if (!task) return;
  const ending: Ending =
    stopped || task.terminate
      ? { status: 'REVOKED', error: new TaskStoppedError('terminated') }
      : { status: 'FAILURE', error: new WorkerLostError(lost) };
  await writer(ports)({ task, ending, workedMs: 0 });
}

/** Writes ends; those that come while others are written go together. */
export function writer(ports: WorkerPorts): (ended: Ended) => Promise<void> {
  let waiting: Ended[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (ended) => {
    waiting.push(ended);
    next ??= last.then(async () => {
      // Whatever ended in the same turn of the loop.
      await new Promise((resolve) => setImmediate(resolve));
      const together = waiting;
      waiting = [];
      next = undefined;
      last = writeEnds(together, ports);
      await last;
    });
    return next;
  };
}

const tries = 5;

async function writeEnds(ended: readonly Ended[], ports: WorkerPorts): Promise<void> {
  const failures = ended.flatMap((one) => failureOf(one, ports));
  const written = await persistently(() => ports.leases.finish(ended, failures));
  for (const { status } of written) ports.count(counted[status] ?? 'TasksEnded');
  const byId = new Map(written.map((one) => [one.id, one]));
  await Promise.all([
    ...ended.flatMap(({ task, ending }) =>
      ending.status === 'RETRY' && byId.get(task.id)?.status === 'RETRY'
        ? [ports.sends.task(task, ending.delaySeconds)]
        : [],
    ),
    tellCallers(written, ports),
    failures.length > 0 ? ports.wakeAlerts() : undefined,
  ]);
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

/** Work that is done is worth some patience with the database. */
async function persistently<R>(work: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnavailableError) || attempt >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 500));
    }
  }
}

/** A task that failed for good, as the ledger has it: its replay comes by the worker's queue. */
function failureOf({ task, ending }: Ended, { door, clock }: Pick<WorkerPorts, 'door' | 'clock'>): NewFailure[] {
  if (ending.status !== 'FAILURE') return [];
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

function failureKey({ id }: LeasedTask): string {
  return `task:${id}`;
}
