import type { TaskContext } from '../../../../lambdas/kit/task.ts';
import { functionProcesses } from '../../../../lambdas/tasks/processes/function-processes.ts';

/** A worker whose function never lets go: it says when that has begun, and waits to be killed. */
const program = new URL('./misbehaving.ts', import.meta.url);
const runs = functionProcesses({ program, atMost: 1, memoryMegabytes: 1000 });
const context = { progress: (percent: number) => process.stdout.write(`${percent}\n`) } as unknown as TaskContext;
const { signal } = new AbortController();
runs.run(() => ({
  name: 'test:spin_long',
  taskId: 'lonely',
  username: 'lonely',
  input: '{}',
  resumeFrom: undefined,
  context,
  signal,
}));
