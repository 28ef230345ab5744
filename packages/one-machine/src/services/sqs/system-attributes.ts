import type { OpenQueues, Queue } from './fauxqs.ts';

/** What SQS itself says of a message and fauxqs forgets, beside the messages on the disk. */
export interface SystemAttributes {
  /** Attributes that are set already stay as they are. */
  add(messageId: string, attributes: Readonly<Record<string, string>>): void;
  of(messageId: string): Readonly<Record<string, string>>;
  /** Forgets the attributes of messages that are gone. */
  forget(): void;
}

/** The attributes of the queues of a folder. */
export function systemAttributes({ db }: Pick<OpenQueues, 'db'>): SystemAttributes {
  db.exec(
    'create table if not exists one_machine_system_attributes (message_id text primary key, attributes text not null)',
  );
  takeOver(db);
  const read = db.prepare('select attributes from one_machine_system_attributes where message_id = ?');
  const write = db.prepare(
    'insert or replace into one_machine_system_attributes (message_id, attributes) values (?, ?)',
  );
  const clear = db.prepare(
    'delete from one_machine_system_attributes where message_id not in (select message_id from sqs_messages)',
  );
  const of = (messageId: string): Record<string, string> =>
    JSON.parse(String((read.get(messageId) as { attributes?: string } | undefined)?.attributes ?? '{}'));
  return {
    of,
    add(messageId, attributes) {
      if (Object.keys(attributes).length > 0) write.run(messageId, JSON.stringify({ ...attributes, ...of(messageId) }));
    },
    forget: () => void clear.run(),
  };
}

/**
 * A folder that was written before this table had its name keeps the attributes of waiting messages in one of the same
 * columns. They come over, and it goes; broken off in between, it is done again.
 */
function takeOver(db: OpenQueues['db']): void {
  const older = db.prepare(`
    select name from sqlite_master
    where type = 'table' and name like '%\\_system\\_attributes' escape '\\' and name <> 'one_machine_system_attributes'
      and (select group_concat(name) from pragma_table_info(sqlite_master.name)) = 'message_id,attributes'`);
  for (;;) {
    const { name } = (older.get() ?? {}) as { name?: string };
    if (name === undefined) return;
    const table = `"${name.replaceAll('"', '""')}"`;
    db.exec(`insert or ignore into one_machine_system_attributes select message_id, attributes from ${table}`);
    db.exec(`drop table ${table}`);
  }
}

type Dequeue = Queue['dequeue'];
type DeadLetterQueue = ReturnType<NonNullable<Parameters<Dequeue>[2]>>;

/**
 * Moves a message to its dead letters as SQS does: with the name of the queue it came from, and without counting the receive
 * that never was, which fauxqs counts before it looks how many there were.
 */
export function nameDeadLetters(queue: Queue, attributes: SystemAttributes): void {
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (...[most, visibilityTimeout, resolver]: Parameters<Dequeue>) =>
    dequeue(most, visibilityTimeout, (arn) => {
      const letters = resolver?.(arn);
      return letters && (deadLettersOf(queue, letters, attributes) as DeadLetterQueue);
    });
}

function deadLettersOf(from: Queue, to: Pick<Queue, 'enqueue'>, attributes: SystemAttributes): Pick<Queue, 'enqueue'> {
  return {
    enqueue(message) {
      message.approximateReceiveCount -= 1;
      attributes.add(message.messageId, { DeadLetterQueueSourceArn: from.arn });
      to.enqueue(message);
    },
  };
}
