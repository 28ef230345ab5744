import type { buildApp } from 'fauxqs';

/** The parts of fauxqs that we use one by one: `startFauxqs` would listen on every address of the machine. */
export type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/** A queue, with its messages in memory and their copies in SQLite. */
export type Queue = NonNullable<ReturnType<Stores['sqsStore']['getQueueByName']>>;

type Message = Queue['messages'][number];

/** The SQLite file of the queues. */
export interface Database {
  prepare(sql: string): { run(...values: string[]): unknown; get(...values: string[]): unknown };
  exec(sql: string): unknown;
}

/** What an operation of SQS does; it is synchronous. */
type Handler = (body: unknown, store: Stores['sqsStore'], request: unknown) => unknown;

/** Knows the operations by their names. */
interface Router {
  register(action: string, handler: Handler): void;
}

/** Where a queue writes what changes. */
interface Persistence {
  readonly db: Database;
  insertMessage(queueName: string, message: Message): void;
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
  SqsRouter: { readonly prototype: Router };
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
  const { SqsStore, SnsStore, S3Store, PersistenceManager, SqsRouter, INVALID_MESSAGE_BODY_CHAR } = await loadModules();
  syncBatchesOnce(SqsRouter.prototype);
  INVALID_MESSAGE_BODY_CHAR.test = (body) => refusedBySqs.test(body);
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  // Queue URLs then begin with what the client asked, not with a name that may not resolve.
  stores.sqsStore.host = '';
  const persistence = new PersistenceManager(directory);
  // Deletes and receives need no sync of the disk: after a power cut a message comes once more, as SQS may at any time.
  persistence.db.exec(takesBack);
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

// Source: SQLite manual, "PRAGMA synchronous": in WAL mode a commit waits for the disk when it is FULL only.
const takesBack = 'pragma synchronous = normal';
const survives = 'pragma synchronous = full';

/** Operations that answer for messages: one sync of the disk for all of a batch, before the answer. */
const sending = new Set(['SendMessage', 'SendMessageBatch']);
/** Several messages at once: one transaction, not one for each. */
const ofMany = new Set(['SendMessage', 'SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch']);

const synced = new WeakSet<Router>();

/** fauxqs commits each message by itself, and waits for the disk each time. Its routers share these operations. */
function syncBatchesOnce(router: Router): void {
  if (synced.has(router)) return;
  synced.add(router);
  const { register } = router;
  router.register = function (action, handler) {
    register.call(this, action, (body, store, request) => {
      const persistence = store.persistence as Persistence | undefined;
      if (!persistence || !ofMany.has(action)) return handler(body, store, request);
      if (!sending.has(action)) return inTransaction(persistence, () => handler(body, store, request));
      persistence.db.exec(survives);
      try {
        return keptOrForgotten(persistence, store, () =>
          inTransaction(persistence, () => handler(body, store, request)),
        );
      } finally {
        persistence.db.exec(takesBack);
      }
    });
  };
}

/**
 * fauxqs has a message, and the name that makes it once, in memory before it is on the disk. What can't be written goes from
 * there as well: its sender hears that it was not taken and sends it again, which must not be told that it is there.
 */
function keptOrForgotten<R>(persistence: Persistence, store: Stores['sqsStore'], send: () => R): R {
  const { insertMessage } = persistence;
  const begun: { readonly queueName: string; readonly message: Message }[] = [];
  persistence.insertMessage = (queueName, message) => {
    begun.push({ queueName, message });
    insertMessage.call(persistence, queueName, message);
  };
  try {
    return send();
  } catch (error) {
    for (const { queueName, message } of begun) forget(store.getQueueByName(queueName), message);
    throw error;
  } finally {
    persistence.insertMessage = insertMessage;
  }
}

function forget(queue: Queue | undefined, { messageId, messageDeduplicationId }: Message): void {
  if (!queue) return;
  const others = (messages: readonly Message[]) => messages.filter((message) => message.messageId !== messageId);
  queue.messages = others(queue.messages);
  queue.delayedMessages = others(queue.delayedMessages);
  for (const groups of [queue.fifoMessages, queue.fifoDelayed])
    for (const [group, messages] of groups) groups.set(group, others(messages));
  if (messageDeduplicationId !== undefined) queue.deduplicationCache.delete(messageDeduplicationId);
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
      [
        './sqs/sqsStore.js',
        './sqs/sqsTypes.js',
        './sqs/sqsRouter.js',
        './sns/snsStore.js',
        './s3/s3Store.js',
        './persistence.js',
      ].map(load),
    )),
  );
  const { SqsStore, SnsStore, S3Store, PersistenceManager, SqsRouter, INVALID_MESSAGE_BODY_CHAR } = found;
  if (!SqsStore || !SnsStore || !S3Store || !PersistenceManager || !SqsRouter || !INVALID_MESSAGE_BODY_CHAR) {
    throw new Error('This version of fauxqs has another layout than the one that package.json pins');
  }
  return { SqsStore, SnsStore, S3Store, PersistenceManager, SqsRouter, INVALID_MESSAGE_BODY_CHAR };
}
