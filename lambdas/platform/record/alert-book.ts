import { type QueryExecutorProvider, sql } from 'kysely';
import { type WakeOnce, wakeOnce } from '#adapters/queues/wake-once.ts';
import type { Severity } from '#kit/ledger/severity.ts';
import { storableText } from '#kit/text/storable.ts';

/** Something a person should hear of that is no failure: a file that changed its shape, a missed slot. */
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
export type WakeAlerts = WakeOnce;

// Half of the queue's delay: 30 s to spare for clocks that differ.
const slotMs = 30_000;

/** The mailer's queue (FIFO) behind a URL. */
export function wakeAlerts(queueUrl: string, now?: () => number): WakeAlerts {
  return wakeOnce(queueUrl, { slotMs, now, message: (workload) => ({ workload }) });
}

/**
 * The workloads whose mailer failures wake. A mail about mails that can't be sent would fail as well and breed: those
 * failures wake no mailer, and ride along in the next mail.
 */
export function wakingWorkloads(
  failures: Iterable<{ readonly workload: string; readonly sourceName: string }>,
): ReadonlySet<string> {
  const waking = [...failures].filter(({ workload, sourceName }) => `${workload}/${sourceName}` !== mailEdge);
  return new Set(waking.map(({ workload }) => workload));
}

/** Where mails are sent; its failures ride along. */
export const mailEdge = 'platform/send-mail';
