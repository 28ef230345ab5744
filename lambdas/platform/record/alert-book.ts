import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type QueryExecutorProvider, sql } from 'kysely';
import { TransientError } from '#kit/errors.ts';
import type { Severity } from '#kit/ledger/severity.ts';
import { once } from '#kit/once.ts';
import { storableText } from '#kit/text/storable.ts';

/** Something a person should hear of that is no failure: a file that changed its shape, a slot that nobody ran. */
export interface NewAlert {
  /** The same alert raised twice has the same one, and is told once. */
  readonly naturalKey: string;
  readonly workload: string;
  readonly severity: Severity;
  /** A word to group by, and the runbook's section where an alarm has one: `platform-slots-missed`. */
  readonly name: string;
  /** A sentence for the person; nothing secret. */
  readonly message: string;
}

/** Writes an alert within the caller's transaction; after its commit the caller wakes the mailer ({@link wakeAlerts}). */
export async function raiseAlert(query: QueryExecutorProvider, alert: NewAlert): Promise<'new' | 'known'> {
  const { numAffectedRows } = await sql`
    INSERT INTO platform.alerts (natural_key, workload, severity, name, message)
    VALUES (${alert.naturalKey}, ${alert.workload}, ${alert.severity}, ${alert.name},
      ${storableText(alert.message)})
    ON CONFLICT (natural_key) DO NOTHING`.execute(query);
  return numAffectedRows === 1n ? 'new' : 'known';
}

/**
 * Wakes the mailer for these workloads; resolves when SQS has it. Call it after the commit, and also when all was known
 * already: the first try may have died in between. Any number of calls within half a minute are one message.
 */
export type WakeAlerts = (workloads: Iterable<string>) => Promise<void>;

const client = once(() => new SQSClient({}));

// Half of the queue's delay: a message that swallows a later one is still asleep when what the later one tells of is
// committed, with 30 s to spare for clocks that differ.
const sameMessageMs = 30_000;

// SQS takes no more at once.
const largestBatch = 10;

/** The mailer's queue (FIFO) behind a URL. */
export function wakeAlerts(queueUrl: string): WakeAlerts {
  // What SQS would drop needs no request.
  const sent = new Map<string, number>();
  return async (workloads) => {
    const slot = Math.floor(Date.now() / sameMessageMs);
    const sleeping = [...new Set(workloads)].filter((workload) => sent.get(workload) !== slot);
    const entries = sleeping.map((workload, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({ workload }),
      MessageGroupId: workload,
      MessageDeduplicationId: `${workload}-${slot}`,
    }));
    for (let start = 0; start < entries.length; start += largestBatch) {
      const Entries = entries.slice(start, start + largestBatch);
      const { Failed = [] } = await client().send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      if (Failed.length > 0) throw new TransientError(`The mailer's queue took no wake: ${Failed[0]?.Message}`);
    }
    for (const workload of sleeping) sent.set(workload, slot);
  };
}

/**
 * The workloads whose mailer failures wake. A mail about mails that can't be sent would fail as well and breed: those
 * failures wake nobody, and ride along in the next mail.
 */
export function wakingWorkloads(
  failures: Iterable<{ readonly workload: string; readonly sourceName: string }>,
): ReadonlySet<string> {
  const waking = [...failures].filter(({ workload, sourceName }) => `${workload}/${sourceName}` !== mailEdge);
  return new Set(waking.map(({ workload }) => workload));
}

/** Where mails are sent; its failures ride along. */
export const mailEdge = 'platform/send-mail';
