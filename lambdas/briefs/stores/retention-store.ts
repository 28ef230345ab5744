import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { type DispatcherOptions, dispatcher } from '../collect/dispatcher-queue.ts';
import type { SweepPorts } from '../collect/sweep-briefs.ts';
import { submissionsUntold } from '../mails/mail-store.ts';
import { runAgain } from './again-store.ts';
import { askForRemoval, filesOf, type RemovingBucket, removeObjects } from './delete-store.ts';
import { findLost, giveBackCalls } from './sweep-store.ts';

export interface SweepOptions extends DispatcherOptions {
  readonly ARTICLES_KEEP_DAYS: number;
  readonly FILES_KEEP_DAYS: number;
}

/** The sweep over the database, the bucket and the queues. */
export function sweepPorts<T>(
  env: SweepOptions,
  database: Pick<Database<T>, 'query' | 'transaction'>,
  { bucket, clock }: { readonly bucket: RemovingBucket; readonly clock: () => Date },
): Omit<SweepPorts, 'count' | 'tellSubmitted'> {
  const lost = () => ({ door: env.SWEEPS_QUEUE_ARN, now: clock() });
  return {
    ...dispatcher(env, database, clock),
    runAgain: (call) => runAgain(database, { call }),
    giveBack: () => giveBackCalls(database, lost()),
    findLost: () => findLost(database, lost()),
    exportsOverdue: () => exportsOverdue(database, clock()),
    forget: async () => {
      await forget(database, { now: clock(), articles: env.ARTICLES_KEEP_DAYS, files: env.FILES_KEEP_DAYS });
      await removeObjects(database, bucket);
    },
    submissionsUntold: () => submissionsUntold(database),
    isBusy: () => isBusy(database),
  };
}

// Files of a large stage take some minutes; then their message counts as lost.
const exportWithinMs = 10 * 60 * 1000;

/**
 * Stages whose files are wanted for longer than making them takes; from now on they wait again. The time
 * of the request stays, so that an export that still runs may end them.
 */
export async function exportsOverdue<T>({ query }: Pick<Database<T>, 'query'>, now: Date): Promise<readonly string[]> {
  const { rows } = await sql<{ uuid: string }>`
    UPDATE briefs.stages SET export_sent_at = ${now}
    WHERE export_state = 'wanted' AND greatest(export_asked_at, export_sent_at) < ${new Date(now.getTime() - exportWithinMs)}
    RETURNING uuid`.execute(query);
  return rows.map(({ uuid }) => uuid);
}

/** Whether a brief is under way, or a probe, or files, or a removal. */
export async function isBusy<T>({ query }: Pick<Database<T>, 'query'>): Promise<boolean> {
  const { rows } = await sql<{ busy: boolean }>`
    SELECT EXISTS (SELECT FROM briefs.briefs WHERE state IN ('queued', 'running'))
      OR EXISTS (SELECT FROM briefs.calls WHERE state IN ('waiting', 'sent'))
      OR EXISTS (SELECT FROM briefs.stages WHERE export_state = 'wanted')
      OR EXISTS (SELECT FROM briefs.removals) AS busy`.execute(query);
  return rows[0]?.busy ?? false;
}

export interface Kept {
  readonly now: Date;
  /** Days. */
  readonly articles: number;
  readonly files: number;
}

// Some thousands at a time: what is left is the next sweep's.
const atMost = 5000;

/**
 * Forgets what is older than it is kept: articles with what was found, files of stages, details, and probes. Answers as
 * received go by the bucket's own rule.
 */
export async function forget<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  { now, articles, files }: Kept,
): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  await transaction(async ({ query }) => {
    await sql`
      DELETE FROM briefs.articles WHERE id IN (
        SELECT id FROM briefs.articles WHERE crawled_at < ${before(articles)} ORDER BY crawled_at
        LIMIT ${atMost})`.execute(query);
    const { rows } = await sql<{ uuid: string }>`
      UPDATE briefs.stages SET export_state = 'none' WHERE uuid IN (
        SELECT uuid FROM briefs.stages
        WHERE export_state = 'made' AND ended_at IS NOT NULL AND exported_at < ${before(files)} LIMIT ${atMost})
      RETURNING uuid`.execute(query);
    await askForRemoval(
      query,
      rows.flatMap(({ uuid }) => filesOf(uuid)),
    );
    await sql`DELETE FROM briefs.details WHERE fetched_at < ${before(1)}`.execute(query);
    await sql`
      DELETE FROM briefs.calls WHERE kind = 'probe' AND state IN ('answered', 'failed')
        AND created_at < ${before(30)}`.execute(query);
  });
}
