import { TaskStoppedError } from '#kit/task.ts';
import { slots } from '../contract.ts';
import type { Ended, Ending, LeasedTask } from '../task.ts';
import { type Attempt, begin, WorkerLostError } from './attempt.ts';
import { type Lane, laneOf } from './lanes.ts';
import type { WorkerPorts } from './ports.ts';
import { writer } from './write-ends.ts';

// Three heartbeats within the shortest lease; also how soon a termination is heard of.
const heartbeatMs = 2000;

/** How long a worker may work, and on what. */
export interface Shift {
  readonly lane: Lane;
  /** From its batch on. */
  readonly seconds: number;
}

// A batch of short tasks is through by then, and needs no look for others.
const firstLookMs = 200;
const longestPauseMs = 1000;
// Less is not worth the beginning of a task that may have to be handed over.
const leastSeconds = 60;

/**
 * Runs the tasks of a batch of messages side by side. One statement begins them all, and one writes the ends that come
 * together. What is not to be begun (running elsewhere, ended, not yet due) has its message dropped. As long as one of
 * them runs, the places of those that have ended are for others that wait.
 */
export async function runBatch(ids: readonly string[], ports: WorkerPorts, shift: Shift): Promise<void> {
  const endsAt = ports.clock().getTime() + shift.seconds * 1000;
  const [leased] = await Promise.all([ports.leases.claim(ids, ports.leaseSeconds), ports.sends.sweep()]);
  if (leased.length === 0) return;
  const running = new Map<Attempt, Promise<void>>();
  const write = writer(ports, () => running.size);
  const faults: unknown[] = [];
  const start = (task: LeasedTask) => {
    const attempt = begin(task, ports);
    const ended = settle(attempt, write, ports)
      .catch((error: unknown) => faults.push(error))
      .then(() => void running.delete(attempt));
    running.set(attempt, ended);
  };
  for (const task of leased) start(task);
  const heart = beating(running, ports);
  const over = setTimeout(() => {
    for (const attempt of running.keys()) attempt.stop('turn-over');
  }, endsAt - ports.clock().getTime());
  try {
    for (let pause = firstLookMs; running.size > 0; ) {
      await soonest(running, pause);
      if (running.size === 0 || running.size >= slots) continue;
      const others = await next(slots - running.size, { ...shift, endsAt }, ports);
      for (const task of others) start(task);
      pause = others.length > 0 ? firstLookMs : Math.min(longestPauseMs, pause * 2);
    }
  } finally {
    clearTimeout(over);
    heart.stop();
  }
  if (faults.length > 0) throw faults[0];
}

/** All that run have ended, or so much time has passed. */
async function soonest(running: ReadonlyMap<Attempt, Promise<void>>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.all(running.values()), pause]);
  clearTimeout(timer);
}

/** What an attempt came to: an end is written, and what the shift was too short for is another worker's. */
async function settle(
  attempt: Attempt,
  write: (ended: Ended) => Promise<void>,
  { leases, sends }: WorkerPorts,
): Promise<void> {
  const ended = await attempt.ended;
  if ('ending' in ended) return write(ended);
  if (ended.paused !== 'turn-over') return;
  await leases.release(ended.task, ended.workedMs);
  await sends.task(ended.task);
}

/** Begins others of the lane: those that can end within the shift, and of the rest those that were never begun. */
async function next(
  atMost: number,
  { lane, endsAt }: { readonly lane: Lane; readonly endsAt: number },
  ports: WorkerPorts,
): Promise<readonly LeasedTask[]> {
  const left = (endsAt - ports.clock().getTime()) / 1000;
  const own = [...ports.functions.values()].filter((fn) => fn.runsOn === 'worker' && laneOf(fn) === lane);
  const names = own.filter((fn) => fn.timeoutSeconds <= left).map(({ name }) => name);
  const fresh = lane === 'long' && left >= leastSeconds ? own.map(({ name }) => name) : [];
  if (names.length + fresh.length === 0) return [];
  try {
    return await ports.leases.claimNext({ atMost, names, fresh }, ports.leaseSeconds);
  } catch (error) {
    // Their messages come all the same; what runs must not suffer for it.
    ports.log.warn('No other tasks could be looked for', {
      error: error instanceof Error ? error.message : String(error),
    });
    return [];
  }
}

/** Holds the leases of what runs, says how far it is, and hears what is to stop. */
export function beating(running: { keys(): Iterable<Attempt> }, ports: WorkerPorts): { stop(): void } {
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    try {
      await beat([...running.keys()], ports);
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
