import { PermanentError } from '#kit/errors.ts';
import { type TaskContext, TaskStoppedError } from '#kit/task.ts';
import { storableText } from '#kit/text/storable.ts';
import { capabilities, sparkJobs } from '../contract.ts';
import type { Sign } from '../stores/lease-store.ts';
import type { LeasedTask } from '../task.ts';
import { CallNeeded } from './call-needed.ts';
import type { WorkerPorts } from './ports.ts';

/** What a function last said of how far it is. */
export interface Progress {
  percent: number | undefined;
  text: string | undefined;
}

export interface ContextParts {
  readonly task: LeasedTask;
  readonly ports: WorkerPorts;
  readonly progress: Progress;
  readonly sign: () => Sign;
  readonly stop: (reason: TaskStoppedError['reason']) => void;
  /** On the clock of `performance.now()`. */
  readonly turnEnds: number;
  /** The same, where others wait for a turn. */
  readonly shareEnds: number;
  readonly signal: AbortSignal;
}

const longestText = 500;

/** All a function has of the world. */
export function contextOf(parts: ContextParts): TaskContext {
  const { task, ports, progress, signal } = parts;
  return {
    taskId: task.id,
    username: task.username,
    signal,
    resumeFrom: task.checkpoint ?? undefined,
    files: ports.files(task.username),
    log: ports.log,
    read: ports.read,
    // Written with the next heartbeat.
    progress(percent, text) {
      progress.percent = Math.min(100, Math.max(0, percent));
      const beginning = text?.slice(0, longestText);
      progress.text = beginning === undefined ? undefined : storableText(beginning);
    },
    checkpoint: (state) => checkpoint(parts, state),
    call: answering(task),
  };
}

async function checkpoint(
  { ports, sign, stop, turnEnds, shareEnds, signal }: ContextParts,
  state: unknown,
): Promise<void> {
  signal.throwIfAborted();
  const held = await ports.leases.checkpoint(sign(), state, ports.leaseSeconds);
  if (!held) stop('lease-lost');
  else if (held.terminate) stop('terminated');
  signal.throwIfAborted();
  if (performance.now() >= (held?.othersWait ? shareEnds : turnEnds)) throw new TaskStoppedError('turn-over');
}

/** Each call finds its answer from the turns before, or ends the turn to ask for it. */
function answering(task: LeasedTask): TaskContext['call'] {
  let asked = 0;
  return async (capability, input) => {
    if (task.host === 'worker') throw new PermanentError('Functions in the worker can ask for nothing.');
    const known: readonly string[] = task.host === 'spark' ? sparkJobs : capabilities;
    if (!known.includes(capability)) throw new PermanentError(`${capability} is no step that tasks may ask.`);
    const answer = task.answers[asked];
    asked += 1;
    if (answer && 'error' in answer) throw new PermanentError(`${capability}: ${answer.error}`);
    if (answer) return answer.ok;
    throw new CallNeeded({ capability, input });
  };
}
