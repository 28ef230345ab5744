import type pg from 'pg';
import type { ExecutionDescription, TaskInvoker } from '../../src/state-machines/execution.ts';
import { type StateMachines, startStateMachines } from '../../src/state-machines/state-machines.ts';

export const arn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Subject';

export interface Subject {
  readonly machines: StateMachines;
  /** Starts an execution and resolves when it has ended. */
  run(input?: unknown): Promise<ExecutionDescription>;
  ended(executionArn: string): Promise<ExecutionDescription>;
}

const refuse: TaskInvoker = async ({ resource }) => {
  throw new Error(`no task expected: ${resource}`);
};

/** One machine named Subject; `states` is the States object, its first state is the start. */
export async function subject(
  pool: pg.Pool,
  states: object,
  {
    invoke = refuse,
    top = {},
    onError,
  }: { invoke?: TaskInvoker; top?: object; onError?: (error: unknown) => void } = {},
): Promise<Subject> {
  const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...top };
  const machines = await startStateMachines({
    pool,
    invoke,
    machines: [{ arn, name: 'Subject', definition }],
    ...(onError === undefined ? {} : { onError }),
  });
  const ended = async (executionArn: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const remove = machines.onEnded((execution) => {
      if (execution.executionArn === executionArn) resolve();
    });
    // A test may cut connections at any time, this one too; the end is told in any case.
    const now = await machines.describe(executionArn).catch(() => undefined);
    if (now === undefined || now.status === 'RUNNING') await promise;
    remove();
    return machines.describe(executionArn);
  };
  return {
    machines,
    ended,
    async run(input = {}) {
      const { executionArn } = await machines.start({ stateMachineArn: arn, input });
      return ended(executionArn);
    },
  };
}

/** A Task state that ends its scope. */
export function task(more: object = {}): object {
  return { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true, ...more };
}

/** A Map over its input that ends its scope; the first of the states is the start. */
export function each(states: object, more: object = {}): object {
  return {
    Type: 'Map',
    End: true,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: Object.keys(states)[0], States: states },
    ...more,
  };
}
