import { randomUUID } from 'node:crypto';
import type { TableModel, WorkGroupModel } from '../../template/model.ts';
import { ServiceError } from '../service-error.ts';
import { type Answer, answer, ScanLimitError, type TableReader } from './duck.ts';
import { DuckChild } from './duck-child.ts';

export interface AnalyticsModel {
  readonly tables: readonly TableModel[];
  readonly workGroups: readonly WorkGroupModel[];
}

type State = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** One question, and what became of it. */
export interface Execution {
  readonly id: string;
  readonly sql: string;
  readonly workGroup: string;
  readonly database: string;
  readonly asked: number;
  state: State;
  reason: string | undefined;
  ended: number | undefined;
  answer: Answer | undefined;
  /** Ends its work. */
  readonly end: AbortController;
}

// Athena's own quota for a question that isn't stopped.
const longestMs = 30 * 60 * 1000;

// Athena keeps answers for 45 days; callers here ask for no old one, and each may fill 16 MB.
const mostKept = 40;

/** The questions of this machine, in memory: one at a time of each work group, in a process of DuckDB's own. */
export class Executions {
  readonly #model: AnalyticsModel;
  readonly #reader: TableReader;
  readonly #directory: string;
  readonly #known = new Map<string, Execution>();
  readonly #tokens = new Map<string, string>();
  readonly #last = new Map<string, Promise<void>>();
  readonly #children = new Map<string, DuckChild>();

  constructor(model: AnalyticsModel, { reader, directory }: { reader: TableReader; directory: string }) {
    this.#model = model;
    this.#directory = directory;
    this.#reader = reader;
  }

  /** A question that came before under the same token is not asked again. */
  start(given: { sql: string; workGroup: string; database: string; token: string | undefined }): Execution {
    const group = this.#model.workGroups.find(({ name }) => name === given.workGroup);
    if (!group) throw new ServiceError(400, 'InvalidRequestException', `WorkGroup ${given.workGroup} is not found.`);
    const same = given.token === undefined ? undefined : this.#tokens.get(given.token);
    if (same !== undefined) return this.find(same);
    const { sql, workGroup, database, token } = given;
    const execution: Execution = {
      id: randomUUID(),
      sql,
      workGroup,
      database,
      asked: Date.now(),
      state: 'RUNNING',
      reason: undefined,
      ended: undefined,
      answer: undefined,
      end: new AbortController(),
    };
    this.#known.set(execution.id, execution);
    if (token !== undefined) this.#tokens.set(token, execution.id);
    this.#forgetOld();
    const before = this.#last.get(workGroup) ?? Promise.resolve();
    this.#last.set(
      workGroup,
      before.then(() => this.#run(execution, group.mostBytes)),
    );
    return execution;
  }

  find(id: string): Execution {
    const execution = this.#known.get(id);
    if (!execution) throw new ServiceError(400, 'InvalidRequestException', `QueryExecution ${id} was not found`);
    return execution;
  }

  /** The newest first. */
  of(workGroup: string): readonly Execution[] {
    return [...this.#known.values()].filter((execution) => execution.workGroup === workGroup).reverse();
  }

  stop(id: string): void {
    const execution = this.find(id);
    this.#end(execution, 'CANCELLED', 'Query was cancelled');
    execution.end.abort();
  }

  /** Stops all of them; resolves when no question is being answered. */
  async close(): Promise<void> {
    for (const { id, state } of this.#known.values()) if (state === 'RUNNING') this.stop(id);
    await Promise.all(this.#last.values());
    for (const child of this.#children.values()) child.end();
  }

  async #run(execution: Execution, mostBytes: number): Promise<void> {
    if (execution.state !== 'RUNNING') return;
    const tables = this.#model.tables.filter(({ database }) => database === execution.database);
    const quota = setTimeout(() => {
      this.#end(execution, 'FAILED', 'Query timeout');
      execution.end.abort();
    }, longestMs);
    try {
      const { signal } = execution.end;
      const child = this.#children.get(execution.workGroup) ?? new DuckChild();
      this.#children.set(execution.workGroup, child);
      const question = { sql: execution.sql, tables, mostBytes, directory: this.#directory };
      const found = await answer(question, this.#reader, { child, signal });
      if (execution.state !== 'RUNNING') return;
      execution.answer = found;
      this.#end(execution, 'SUCCEEDED', undefined);
    } catch (error) {
      const state = error instanceof ScanLimitError ? 'CANCELLED' : 'FAILED';
      this.#end(execution, state, error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(quota);
    }
  }

  #end(execution: Execution, state: State, reason: string | undefined): void {
    if (execution.state !== 'RUNNING') return;
    execution.state = state;
    execution.reason = reason;
    execution.ended = Date.now();
  }

  #forgetOld(): void {
    for (const [id, { state }] of this.#known) {
      if (this.#known.size <= mostKept) return;
      if (state !== 'RUNNING') this.#known.delete(id);
    }
    for (const [token, id] of this.#tokens) if (!this.#known.has(id)) this.#tokens.delete(token);
  }
}
