import type { OpenQueues, Queue } from './fauxqs.ts';

/** What SQS itself says of a message and fauxqs forgets, beside the messages on the disk. */
export interface SystemAttributes {
  /** What is said already stays as it is. */
  add(messageId: string, attributes: Readonly<Record<string, string>>): void;
  of(messageId: string): Readonly<Record<string, string>>;
  /** Of messages that are gone. */
  forget(): void;
}

/** Those of the queues of a folder. */
export function systemAttributes({ db }: Pick<OpenQueues, 'db'>): SystemAttributes {
  db.exec(
    'create table if not exists millrace_system_attributes (message_id text primary key, attributes text not null)',
  );
  const read = db.prepare('select attributes from millrace_system_attributes where message_id = ?');
  const write = db.prepare('insert or replace into millrace_system_attributes (message_id, attributes) values (?, ?)');
  const clear = db.prepare(
    'delete from millrace_system_attributes where message_id not in (select message_id from sqs_messages)',
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
