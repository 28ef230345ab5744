import { randomUUID } from 'node:crypto';
import { type TaskHost, UnknownFileError } from '../../../../lambdas/kit/task.ts';
import { functionProcesses } from '../../../../lambdas/tasks/processes/function-processes.ts';
import { leaseStore } from '../../../../lambdas/tasks/stores/lease-store.ts';
import { taskStore } from '../../../../lambdas/tasks/stores/task-store.ts';
import { reading } from '../../../../lambdas/tasks/stores/worker-store.ts';
import type { TaskOutcome } from '../../../../lambdas/tasks/task.ts';
import type { SentTask, WorkerPorts } from '../../../../lambdas/tasks/worker/ports.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { functions } from './misbehaving.ts';

/** A worker over a real database and real processes, of functions that misbehave. */
export interface WorkerGround {
  readonly database: TestDatabase<unknown>;
  readonly ports: WorkerPorts;
  /** What was sent on. */
  readonly sent: SentTask[];
  submit(name: string, input?: Record<string, unknown>, host?: TaskHost): Promise<string>;
  outcome(id: string): Promise<TaskOutcome>;
  stop(): Promise<void>;
}

/** Bytes of the one file there is, `file:a`. */
export const fileBytes = 3_000_000;

export async function startWorkerGround(): Promise<WorkerGround> {
  const database = await startTestDatabase<unknown>();
  const program = new URL('./misbehaving.ts', import.meta.url);
  const sent: SentTask[] = [];
  const tasks = taskStore(database.app);
  const ports: WorkerPorts = {
    functions,
    processes: functionProcesses({ program, atMost: 10, memoryMegabytes: 1000 }),
    leases: leaseStore(database.app),
    noteDelivery: async () => undefined,
    leaseSeconds: 30,
    clock: () => new Date(),
    results: { put: async () => undefined },
    files: () => ({
      async open(file) {
        if (file !== 'file:a') throw new UnknownFileError(`${file} doesn't exist.`);
        const stream = (async function* () {
          for (let left = fileBytes; left > 0; left -= 50_000) yield new Uint8Array(50_000);
        })();
        return { size: fileBytes, name: 'a', contentType: 'text/plain', stream };
      },
    }),
    read: reading(database.app),
    log: { info: () => undefined, warn: () => undefined },
    count: () => undefined,
    sends: {
      task: async (task) => void sent.push(task),
      stop: async () => undefined,
      callbacks: async () => undefined,
      sweep: async () => undefined,
    },
    door: 'arn:aws:sqs:eu-west-1:000000000000:millrace-dev-tasks-run-tasks',
    wakeAlerts: async () => undefined,
    replays: { find: (id) => tasks.find(id), insert: async () => Promise.reject(new Error('No replays here.')) },
  };
  return {
    database,
    ports,
    sent,
    async submit(name, input = {}, host = 'worker') {
      const id = randomUUID();
      const of = { id, username: 'mei', name: `test:${name}`, host };
      await tasks.submit({ ...of, args: [], kwargs: input, input, description: '', retries: 0 });
      return id;
    },
    async outcome(id) {
      const found = await tasks.outcome(id);
      if (!found) throw new Error(`There is no task ${id}`);
      return found;
    },
    async stop() {
      await ports.processes.stop();
      await database.stop();
    },
  };
}
