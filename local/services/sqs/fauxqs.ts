import type { buildApp } from 'fauxqs';

/** The parts of fauxqs that we use one by one: `startFauxqs` would listen on every address of the machine. */
export type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/** A queue, with its messages in memory and their copies in SQLite. */
export type Queue = NonNullable<ReturnType<Stores['sqsStore']['getQueueByName']>>;

/** The SQLite file of the queues. */
export interface Database {
  prepare(sql: string): { run(...values: string[]): unknown; get(...values: string[]): unknown };
  exec(sql: string): unknown;
}

/** Where a queue writes what changes. */
interface Persistence {
  readonly db: Database;
  updateMessageReady(messageId: string): void;
  transaction(work: () => void): void;
  loadSqsAndSns(sqsStore: Stores['sqsStore'], snsStore: Stores['snsStore']): void;
  close(): void;
}

interface Modules {
  SqsStore: new () => Stores['sqsStore'];
  SnsStore: new () => Stores['snsStore'];
  S3Store: new () => Stores['s3Store'];
  PersistenceManager: new (directory: string) => Persistence;
  INVALID_MESSAGE_BODY_CHAR: RegExp;
}

// fauxqs knows no characters beyond U+FFFF, such as emoji. Source: SQS API reference, SendMessage.
const refusedBySqs = /[^\t\n\r\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Queues read from a folder, and the means to close it. */
export interface OpenQueues {
  readonly stores: Stores;
  readonly db: Database;
  /** All or nothing on the disk. */
  transaction<R>(work: () => R): R;
  close(): void;
}

/** Opens the queues that are kept in a folder, with fauxqs's errors in making a message visible again and in refusing emoji put right. */
export async function openQueues(directory: string): Promise<OpenQueues> {
  const { SqsStore, SnsStore, S3Store, PersistenceManager, INVALID_MESSAGE_BODY_CHAR } = await loadModules();
  INVALID_MESSAGE_BODY_CHAR.test = (body) => refusedBySqs.test(body);
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  // Queue URLs then begin with what the client asked, not with a name that may not resolve.
  stores.sqsStore.host = '';
  const persistence = new PersistenceManager(directory);
  // Its own statement sets the receive count to null, which the table forbids: ChangeMessageVisibility(0) was a 500.
  const makeReady = persistence.db.prepare(
    'update sqs_messages set receipt_handle = null, visibility_deadline = null where message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => void makeReady.run(messageId);

  // In this order: a queue that is created while the store persists would replace its row and lose its messages.
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  stores.sqsStore.persistence = persistence as unknown as NonNullable<Queue['persistence']>;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = stores.sqsStore.persistence;
  return {
    stores,
    db: persistence.db,
    transaction: (work) => inTransaction(persistence, work),
    close: () => persistence.close(),
  };
}

function inTransaction<R>(persistence: Persistence, work: () => R): R {
  let result: { value: R } | undefined;
  persistence.transaction(() => {
    result = { value: work() };
  });
  if (!result) throw new Error('The transaction ran nothing');
  return result.value;
}

/** The package exports only its entry; its version is pinned, so the files beside it stay where they are. */
async function loadModules(): Promise<Modules> {
  const entry = import.meta.resolve('fauxqs');
  const load = (path: string) => import(new URL(path, entry).href) as Promise<Partial<Modules>>;
  const found: Partial<Modules> = Object.assign(
    {},
    ...(await Promise.all(
      ['./sqs/sqsStore.js', './sqs/sqsTypes.js', './sns/snsStore.js', './s3/s3Store.js', './persistence.js'].map(load),
    )),
  );
  const { SqsStore, SnsStore, S3Store, PersistenceManager, INVALID_MESSAGE_BODY_CHAR } = found;
  if (!SqsStore || !SnsStore || !S3Store || !PersistenceManager || !INVALID_MESSAGE_BODY_CHAR) {
    throw new Error('This version of fauxqs has another layout than the one that package.json pins');
  }
  return { SqsStore, SnsStore, S3Store, PersistenceManager, INVALID_MESSAGE_BODY_CHAR };
}
