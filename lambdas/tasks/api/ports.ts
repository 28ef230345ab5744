import type { TaskFunction } from '#kit/task.ts';
import type { TaskStore } from '../stores/task-store.ts';
import type { TaskSends } from '../worker/ports.ts';

/** What every route of the tasks works with. */
export interface TasksApiPorts {
  readonly functions: ReadonlyMap<string, TaskFunction>;
  readonly tasks: TaskStore;
  readonly sends: TaskSends;
  /** Throws a PageError for an address that would never be called back. */
  readonly checkCallback: (url: string) => Promise<void>;
  /** An address under which a result in the bucket can be read for so many seconds. */
  readonly link: (key: string, seconds: number) => Promise<string>;
}
