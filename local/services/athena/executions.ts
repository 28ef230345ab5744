import { randomUUID } from 'node:crypto';
import type { TableModel, WorkGroupModel } from '../../template/model.ts';
import { type Answer, answer, ScanLimitError, type TableReader } from './duck.ts';
import { AthenaError } from './errors.ts';

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
}

// Athena keeps answers for 45 days; nobody here asks for an old one.
const mostKept = 200;

/** The questions of this machine, in memory: one at a time, for DuckDB takes what memory it may. */
export class Executions {
  readonly #model: AnalyticsModel;
  readonly #reader: TableReader;
  readonly #known = new Map<string, Execution>();
  readonly #tokens = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(model: AnalyticsModel, reader: TableReader) {
    this.#model = model;
    this.#reader = reader;
  }

  /** A question that came before under the same token is not asked again. */
  start(given: { sql: string; workGroup: string; database: string; token: string | undefined }): Execution {
    const group = this.#model.workGroups.find(({ name }) => name === given.workGroup);
    if (!group) throw new AthenaError(400, 'InvalidRequestException', `WorkGroup ${given.workGroup} is not found.`);
    const before = given.token === undefined ? undefined : this.#tokens.get(given.token);
    if (before !== undefined) return this.find(before);
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
    };
    this.#known.set(execution.id, execution);
    if (token !== undefined) this.#tokens.set(token, execution.id);
    this.#forgetOld();
    this.#last = this.#last.then(() => this.#run(execution, group.mostBytes));
    return execution;
  }

  find(id: string): Execution {
    const execution = this.#known.get(id);
    if (!execution) throw new AthenaError(400, 'InvalidRequestException', `QueryExecution ${id} was not found`);
    return execution;
  }

  stop(id: string): void {
    this.#end(this.find(id), 'CANCELLED', 'Query was cancelled');
  }

  /** Resolves when no question is being answered. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #run(execution: Execution, mostBytes: number): Promise<void> {
    if (execution.state !== 'RUNNING') return;
    const tables = this.#model.tables.filter(({ database }) => database === execution.database);
    try {
      const found = await answer({ sql: execution.sql, tables, mostBytes }, this.#reader);
      if (execution.state !== 'RUNNING') return;
      execution.answer = found;
      this.#end(execution, 'SUCCEEDED', undefined);
    } catch (error) {
      const state = error instanceof ScanLimitError ? 'CANCELLED' : 'FAILED';
      this.#end(execution, state, error instanceof Error ? error.message : String(error));
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
