import { type QueryExecutorProvider, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { mailEdge } from '#record/alert-book.ts';
import type { MailMessage } from '../contract.ts';
import { mailAlarms } from './about-mails.ts';
import type { AlertGroup, Claimed, FailureGroup, Waiting } from './claimed.ts';
import type { AlertMails } from './tell.ts';

const aboutMails = sql`starts_with(name, ${mailAlarms})`;

// Enough to sort by urgency; a mail shows fewer.
const mostGroups = 1000;

/** The untold items, and the mails that tell them, in the database. */
export function alertMailStore<T>(database: Database<T>): AlertMails {
  return {
    claim: ({ workload, now, reluctance, compose }) =>
      database.transaction(async ({ query }) => {
        // One claim at a time: the second would count the rows of the first, and miss its mail.
        await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`alerts of ${workload}`}, 0))`.execute(query);
        const why = reluctance(await waiting(query, workload, now), await lastMailAt(query, workload));
        if (why !== undefined) return why;
        const mail = await openMail(query, workload, now);
        const claimed = {
          workload,
          ...(await claimFailures(query, workload, mail.id)),
          alertGroups: await claimAlerts(query, workload, mail.id),
        };
        const message = compose(claimed, `${workload}/${mail.minute.toISOString()}`);
        await sql`UPDATE platform.alert_mails SET mail = ${JSON.stringify(message)} WHERE id = ${mail.id}`.execute(
          query,
        );
        return 'told';
      }),
    async handOver(send, now) {
      while (await handOverOne(database, send, now));
    },
    async overdue(before) {
      const { rows } = await sql<{ workload: string }>`
        SELECT workload FROM platform.failures
        WHERE told_in IS NULL AND workload || '/' || source_name <> ${mailEdge} AND recorded_at < ${before}
        UNION SELECT workload FROM platform.alerts
        WHERE told_in IS NULL AND NOT ${aboutMails} AND raised_at < ${before}
        ORDER BY workload`.execute(database.query);
      return rows.map(({ workload }) => workload);
    },
  };
}

const dayMs = 24 * 60 * 60 * 1000;
// A reason that was told more often than this is an outage: its rising numbers say nothing new.
const mostCounted = 10_000;

async function waiting(query: QueryExecutorProvider, workload: string, now: Date): Promise<Waiting> {
  const since = new Date(now.getTime() - dayMs);
  const { rows: failures } = await sql<Waiting['failures'][number]>`
    WITH untold AS (
      SELECT source_name, reason, count(*) AS waiting FROM platform.failures
      WHERE told_in IS NULL AND workload = ${workload} AND workload || '/' || source_name <> ${mailEdge}
      GROUP BY source_name, reason
    )
    SELECT ${workload} || '/' || u.source_name AS edge, u.waiting, (
      SELECT count(*) FROM (
        SELECT FROM platform.failures t
        WHERE t.state IN ('open', 'replayed', 'resolved', 'discarded') AND t.workload = ${workload}
          AND t.source_name = u.source_name AND t.reason = u.reason AND t.occurred_at > ${since}
          AND t.told_in IS NOT NULL LIMIT ${mostCounted}
      ) counted
    ) AS told FROM untold u`.execute(query);
  const { rows: alerts } = await sql<Waiting['alerts'][number]>`
    SELECT severity, count(*) FILTER (WHERE told_in IS NULL) AS waiting, count(told_in) AS told FROM platform.alerts
    WHERE workload = ${workload} AND (told_in IS NULL OR raised_at > ${since}) AND NOT ${aboutMails}
    GROUP BY severity, name HAVING count(*) > count(told_in)`.execute(query);
  return { failures, alerts };
}

async function lastMailAt(query: QueryExecutorProvider, workload: string): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    SELECT max(claimed_at) AS at FROM platform.alert_mails WHERE workload = ${workload}`.execute(query);
  return rows[0]?.at ?? undefined;
}

/** The table itself refuses a second mail in one minute. */
async function openMail(query: QueryExecutorProvider, workload: string, now: Date) {
  const { rows } = await sql<{ id: number; minute: Date }>`
    INSERT INTO platform.alert_mails (workload, minute, claimed_at)
    VALUES (${workload}, date_trunc('minute', ${now}::timestamptz, 'UTC'), ${now})
    RETURNING id, minute`.execute(query);
  const [mail] = rows;
  if (!mail) throw new Error('The mail has no row');
  return mail;
}

/** One statement claims and counts: a failure that comes in between is in neither, and waits for its own wake. */
async function claimFailures(
  query: QueryExecutorProvider,
  workload: string,
  mail: number,
): Promise<Pick<Claimed, 'failures' | 'failureGroups'>> {
  const { rows } = await sql<FailureGroup & { failures: number }>`
    WITH claimed AS (
      UPDATE platform.failures SET told_in = ${mail}
      WHERE told_in IS NULL AND (workload = ${workload} OR workload || '/' || source_name = ${mailEdge})
      RETURNING id, workload, source_name, reason, message, occurred_at
    ), placed AS (
      SELECT *, count(*) OVER same AS count, min(occurred_at) OVER same AS first_at, max(occurred_at) OVER same AS last_at,
        row_number() OVER (same ORDER BY occurred_at, id) AS place
      FROM claimed WINDOW same AS (PARTITION BY workload, source_name, reason)
    )
    SELECT workload, source_name, reason, count, first_at, last_at, (SELECT count(*) FROM claimed) AS failures,
      json_agg(json_build_object('id', id, 'message', left(message, 1000)) ORDER BY place) AS examples
    FROM placed WHERE place <= 3
    GROUP BY workload, source_name, reason, count, first_at, last_at
    ORDER BY count DESC, workload, source_name, reason LIMIT ${mostGroups}`.execute(query);
  return { failures: rows[0]?.failures ?? 0, failureGroups: rows };
}

async function claimAlerts(query: QueryExecutorProvider, workload: string, mail: number): Promise<AlertGroup[]> {
  const { rows } = await sql<AlertGroup>`
    WITH claimed AS (
      UPDATE platform.alerts SET told_in = ${mail}
      WHERE told_in IS NULL AND (workload = ${workload} OR ${aboutMails})
      RETURNING id, severity, name, message, raised_at
    )
    SELECT severity, name, count(*) AS count, min(raised_at) AS first_at, max(raised_at) AS last_at,
      (array_agg(left(message, 1000) ORDER BY id))[:20] AS examples
    FROM claimed GROUP BY severity, name ORDER BY severity, name LIMIT ${mostGroups}`.execute(query);
  return rows;
}

/** Resolves to whether there was one. Its row stays locked while it is sent, so that no other invocation sends it, too. */
function handOverOne<T>(
  database: Database<T>,
  send: (mail: MailMessage) => Promise<void>,
  now: Date,
): Promise<boolean> {
  return database.transaction(async ({ query }) => {
    const { rows } = await sql<{ id: number; mail: MailMessage }>`
      SELECT id, mail FROM platform.alert_mails WHERE handed_over_at IS NULL
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`.execute(query);
    const [row] = rows;
    if (!row) return false;
    await send(row.mail);
    await sql`UPDATE platform.alert_mails SET handed_over_at = ${now} WHERE id = ${row.id}`.execute(query);
    return true;
  });
}
