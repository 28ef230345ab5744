import type { StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** What S3 tells EventBridge of a new object. */
export interface ObjectCreated {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Only in a versioned bucket. */
  readonly versionId?: string;
}

/** Told of each new object, in their order; the next one waits for it. A rejection means: tell me again. */
export type ObjectCreatedListener = (created: ObjectCreated) => void | Promise<void>;

// A listener that fails gets the event again after this; it is most likely the database that isn't up yet.
const againAfterMs = 1_000;
const stopWithinMs = 3_000;

/**
 * Events of new objects, written in the transaction of the object and removed when the listeners have taken them: a
 * crash in between means that they are told again at the next start, never that they aren't told.
 */
export class Outbox {
  readonly #prepare: (sql: string) => StatementSync;
  readonly #unsynced: (work: () => void) => void;
  readonly #listeners: ObjectCreatedListener[] = [];
  #delivering: Promise<void> | undefined;
  #wanted = false;
  #stopped = false;
  #closed = false;

  /** `unsynced` writes what a power cut may take back. */
  constructor(prepare: (sql: string) => StatementSync, unsynced: (work: () => void) => void) {
    this.#prepare = prepare;
    this.#unsynced = unsynced;
  }

  /** Also hears of what an earlier process couldn't deliver any more. */
  listen(listener: ObjectCreatedListener): void {
    this.#listeners.push(listener);
    this.deliver();
  }

  /** Within the transaction that makes the object. Without a listener it isn't noted, now or later. */
  add(created: ObjectCreated): void {
    if (this.#listeners.length === 0) return;
    this.#prepare('insert into events (bucket, key, size, etag, version) values (?, ?, ?, ?, ?)').run(
      created.bucket,
      created.key,
      created.size,
      created.etag,
      created.versionId ?? '',
    );
  }

  /** After the commit. */
  deliver(): void {
    this.#wanted = true;
    if (this.#stopped || this.#delivering) return;
    this.#delivering = this.#deliverAll().finally(() => {
      this.#delivering = undefined;
      // Asked for after the last look, before this line.
      if (this.#wanted) this.deliver();
    });
  }

  /** Waits a while for the listener that was called; what hasn't been taken stays for the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.race([this.#delivering, sleep(stopWithinMs, undefined, { ref: false })]);
    this.#closed = true;
  }

  async #deliverAll(): Promise<void> {
    // The answer to the client goes first.
    await sleep(0);
    while (!this.#stopped) {
      this.#wanted = false;
      const row = this.#prepare('select * from events order by id limit 1').get();
      if (!row) return;
      const taken = await this.#tell(readEvent(row));
      // The database may be closed by now.
      if (this.#closed) return;
      // An event that comes back is told again.
      if (taken) this.#unsynced(() => this.#prepare('delete from events where id = ?').run(Number(row.id)));
      else await sleep(againAfterMs);
    }
  }

  async #tell(created: ObjectCreated): Promise<boolean> {
    try {
      for (const listener of this.#listeners) await listener(created);
      return true;
    } catch (error) {
      console.error(`The event of ${created.bucket}/${created.key} will be told again:`, error);
      return false;
    }
  }
}

function readEvent(row: Record<string, unknown>): ObjectCreated {
  return {
    bucket: String(row.bucket),
    key: String(row.key),
    size: Number(row.size),
    etag: String(row.etag),
    ...(row.version ? { versionId: String(row.version) } : {}),
  };
}
