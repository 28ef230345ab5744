import type * as z from 'zod';
import type { turnInput, turnOutput } from '../contract.ts';
import { begin } from './attempt.ts';
import type { WorkerPorts } from './ports.ts';
import { beating } from './run-batch.ts';
import { writer } from './write-ends.ts';

// Lambda ends a function after 15 minutes; a checkpoint comes every minute.
const turnMs = 13 * 60 * 1000;
// There are few places: a task that takes hours leaves its own now and then to one that takes a second.
const shareMs = 60 * 1000;
// A waiting turn asks again within eight seconds (lib/workloads/tasks/turns-flow.ts).
const giveWaySeconds = 15;

/**
 * One turn of a task on a state machine, from its newest checkpoint: until it ends, asks a step of another workload, or
 * has used up its turn.
 */
export async function runTurn(
  { task_id, call, answer }: z.output<typeof turnInput>,
  ports: WorkerPorts,
): Promise<z.input<typeof turnOutput>> {
  if (answer !== undefined) await ports.leases.answer(task_id, call, answer);
  const [task] = await ports.leases.claim([task_id], ports.leaseSeconds);
  if (!task) return waiting(task_id, ports);
  const attempt = begin(task, ports, { turnMs, shareMs });
  const heart = beating(new Set([attempt]), ports);
  try {
    const ended = await attempt.ended;
    if ('ending' in ended) {
      await writer(ports)(ended);
      return ended.ending.status === 'RETRY'
        ? { state: 'again', seconds: ended.ending.delaySeconds }
        : { state: 'ended' };
    }
    if (ended.paused === 'asked') {
      const asked = await ports.leases.ask(task, ended.workedMs);
      // The holder of the lease asks for itself.
      if (asked === undefined) return { state: 'again', seconds: ports.leaseSeconds };
      return { state: 'call', call: asked, capability: ended.capability, input: ended.input };
    }
    await ports.leases.release(task, ended.workedMs);
    const gaveWay = ended.paused === 'turn-over' && ended.workedMs < turnMs;
    return { state: 'again', seconds: gaveWay ? giveWaySeconds : 0 };
  } finally {
    heart.stop();
  }
}

/** Ended (or terminated) in between; or a turn that was lost still holds its lease; or the retry isn't due. */
async function waiting(id: string, { replays, leaseSeconds }: WorkerPorts): Promise<z.input<typeof turnOutput>> {
  const task = await replays.find(id);
  if (!task || task.ended_at !== null) return { state: 'ended' };
  return { state: 'again', seconds: task.status === 'RETRY' ? 2 : leaseSeconds };
}
