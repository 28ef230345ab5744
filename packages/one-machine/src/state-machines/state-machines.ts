import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Engine } from './engine.ts';
import { RequestError } from './errors.ts';
import type { ExecutionDescription, HistoryEvent, StateMachine, Status, TaskInvoker, Transition } from './execution.ts';
import type { Clock } from './interpreter/clock.ts';
import { definitionOf, describe, history, list } from './journal/read.ts';
import { createTables } from './journal/tables.ts';
import type { Definition } from './language/definition.ts';
import { lintDefinition } from './language/lint-definition.ts';
import { readDefinition } from './language/read-definition.ts';
import { checkInput, checkName, executionArn, sameInput } from './requests.ts';

export interface StateMachinesOptions {
  /** Of the superuser or another role that may create the schema `local`. */
  readonly pool: pg.Pool;
  readonly machines: readonly StateMachine[];
  readonly invoke: TaskInvoker;
  /** Which resources `invoke` knows; another one is a DefinitionError at start. @default all */
  readonly supports?: (resource: string) => boolean;
  /** @default the system clock */
  readonly now?: Clock;
  /** What stopped an execution until the next start, or a listener's failure. @default a process warning */
  readonly onError?: (error: unknown) => void;
}

/** The state machines of this machine. Refusals are RequestErrors with AWS's exception names. */
export interface StateMachines {
  readonly machines: readonly Required<StateMachine>[];
  /** The same name and input as a running execution give that one; else a taken name is ExecutionAlreadyExists. */
  start(request: {
    stateMachineArn: string;
    name?: string | undefined;
    input?: unknown;
  }): Promise<{ executionArn: string; startDate: Date }>;
  describe(executionArn: string): Promise<ExecutionDescription>;
  /** The definition that it was started with, and its machine's role. */
  definition(executionArn: string): Promise<{ readonly definition: object; readonly roleArn: string }>;
  /** Newest first, 100 at most unless told otherwise; `next` continues the list as `before`. */
  list(request?: {
    stateMachineArn?: string;
    status?: Status;
    limit?: number;
    before?: string | undefined;
  }): Promise<{ executions: ExecutionDescription[]; next: string | undefined }>;
  history(
    executionArn: string,
    page?: { limit?: number; reverse?: boolean | undefined; beyond?: number | undefined },
  ): Promise<HistoryEvent[]>;
  /** Resolves to the time of the end, also of one that had ended before. */
  stop(executionArn: string, reason?: { error?: string | undefined; cause?: string | undefined }): Promise<Date>;
  /** Goes on with the executions of an earlier process; returns how many there were. */
  resume(): Promise<number>;
  /** Progress, each transition after it is durable. Returns what removes the listener. */
  onTransition(listener: (transition: Transition) => void | Promise<void>): () => void;
  /** Every end at least once, also those a former process had no time to tell. Returns what removes the listener. */
  onEnded(listener: (execution: ExecutionDescription) => void | Promise<void>): () => void;
  /** Stops all work without ending any execution. */
  close(): Promise<void>;
}

/** Checks all definitions, makes the tables and goes on with what was running. Throws DefinitionErrors. */
export async function startStateMachines(options: StateMachinesOptions): Promise<StateMachines> {
  const { pool, invoke, now = () => new Date(), onError = (error) => process.emitWarning(String(error)) } = options;
  const machines = await readMachines(options);
  await createTables(pool);
  const engine = await Engine.start({ pool, invoke, now, onError });
  await engine.resume();
  return operations({ pool, machines, engine, now });
}

interface Machine extends Required<StateMachine> {
  readonly read: Definition;
}

async function readMachines({ machines, supports }: StateMachinesOptions): Promise<Map<string, Machine>> {
  const read = new Map<string, Machine>();
  for (const machine of machines) {
    const { arn, name } = machine;
    const definition: object = JSON.parse(JSON.stringify(machine.definition));
    const account = arn.split(':')[4];
    const roleArn = machine.roleArn ?? `arn:aws:iam::${account}:role/${name}`;
    read.set(arn, { arn, name, definition, roleArn, read: readDefinition(definition, { machine: name, supports }) });
    await lintDefinition(definition, name);
  }
  return read;
}

interface Parts {
  readonly pool: pg.Pool;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly engine: Engine;
  readonly now: Clock;
}

function operations(parts: Parts): StateMachines {
  const { pool, machines, engine } = parts;
  const existing = async (arn: string) => {
    const found = await describe(pool, arn);
    if (found !== undefined) return found;
    throw new RequestError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  };
  return {
    machines: [...machines.values()],
    start: (request) => startExecution(parts, request),
    describe: existing,
    async definition(arn) {
      await existing(arn);
      const found = await definitionOf(pool, arn);
      return { definition: found?.definition ?? {}, roleArn: found?.role_arn ?? '' };
    },
    list: ({ stateMachineArn, ...more } = {}) =>
      list(pool, { ...more, ...(stateMachineArn === undefined ? {} : { machineArn: stateMachineArn }) }),
    async history(arn, page) {
      await existing(arn);
      return history(pool, arn, page);
    },
    async stop(arn, reason = {}) {
      await existing(arn);
      await engine.stop(arn, reason);
      return (await existing(arn)).stopDate ?? parts.now();
    },
    resume: () => engine.resume(),
    onTransition: (listener) => engine.transitions.add(listener),
    onEnded: (listener) => engine.onEnded(listener),
    close: () => engine.close(),
  };
}

async function startExecution(
  { pool, machines, engine, now }: Parts,
  request: Parameters<StateMachines['start']>[0],
): ReturnType<StateMachines['start']> {
  const machine = machines.get(request.stateMachineArn);
  if (machine === undefined) {
    throw new RequestError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${request.stateMachineArn}'`);
  }
  const name = checkName(request.name ?? randomUUID());
  const arn = executionArn(machine, name);
  const input = checkInput(request.input ?? {});
  const execution = { arn, name, machine, definition: machine.read, input, startedAt: now() };
  const begun = await engine.begin(execution, machine.definition);
  if (begun !== undefined) return { executionArn: arn, startDate: begun.startedAt };

  const earlier = await describe(pool, arn);
  if (earlier?.status === 'RUNNING' && sameInput(earlier.input, input)) {
    return { executionArn: arn, startDate: earlier.startDate };
  }
  throw new RequestError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
}
