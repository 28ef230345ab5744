import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/** An event that a function has still to be invoked with. */
export interface QueuedEvent {
  readonly id: number;
  /** The same for every attempt, as the function's context and the on-failure record tell it. */
  readonly requestId: string;
  readonly arn: string;
  readonly event: unknown;
  /** Attempts that failed so far. */
  readonly failures: number;
  readonly acceptedAt: Date;
}

/** Events of asynchronous invocations, on the disk until their function or its on-failure destination has them. */
export interface EventQueue {
  accept(arn: string, event: unknown): QueuedEvent;
  /** Remembers one more failed attempt; resolves to how many those are. */
  failed(id: number): number;
  done(id: number): void;
  /** What an earlier process left, oldest first. */
  left(): readonly QueuedEvent[];
  close(): void;
}

interface Row {
  readonly id: number;
  readonly request_id: string;
  readonly arn: string;
  readonly event: string;
  readonly failures: number;
  readonly accepted_at: number;
}

const tables = `create table if not exists invocations (
  id integer primary key autoincrement,
  request_id text not null,
  arn text not null,
  event text not null,
  failures integer not null default 0,
  accepted_at integer not null
) strict`;

/** Lambda's own queue, as a file: it takes events also while the database is away, and survives a SIGKILL. */
export function openEventQueue(file: string): EventQueue {
  const database = new DatabaseSync(file);
  // FULL: what was accepted survives a power cut, too.
  database.exec('pragma journal_mode = wal; pragma synchronous = full');
  database.exec(tables);
  const insert = database.prepare('insert into invocations (request_id, arn, event, accepted_at) values (?, ?, ?, ?)');
  const fail = database.prepare('update invocations set failures = failures + 1 where id = ? returning failures');
  const remove = database.prepare('delete from invocations where id = ?');
  const all = database.prepare('select id, request_id, arn, event, failures, accepted_at from invocations order by id');
  return {
    accept(arn, event) {
      const acceptedAt = new Date();
      const requestId = randomUUID();
      const { lastInsertRowid } = insert.run(requestId, arn, JSON.stringify(event) ?? 'null', acceptedAt.getTime());
      return { id: Number(lastInsertRowid), requestId, arn, event, failures: 0, acceptedAt };
    },
    failed: (id) => (fail.get(id) as { failures: number } | undefined)?.failures ?? 0,
    done: (id) => void remove.run(id),
    left: () =>
      (all.all() as unknown as Row[]).map(({ event, accepted_at, request_id, ...row }) => ({
        ...row,
        requestId: request_id,
        event: JSON.parse(event) as unknown,
        acceptedAt: new Date(accepted_at),
      })),
    close: () => database.close(),
  };
}
