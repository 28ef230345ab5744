import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { afterCall, type Breaker, type CallOutcome } from '../collect/breaker.ts';
import type { Fate, WrittenFate } from '../collect/fates.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { Cursor } from '../platforms/platform.ts';
import { type Settled, settleTasks } from './settle-store.ts';

/** A call that is under way, with all that reading its answer needs. */
export interface OpenCall {
  readonly id: number;
  readonly attempt: number;
  readonly kind: 'search' | 'user' | 'note' | 'probe';
  readonly platform: PlatformName;
  readonly page: number | undefined;
  readonly subject: string | undefined;
  readonly stageUuid: string | undefined;
  readonly briefUuid: string | undefined;
  /** Of a search. */
  readonly task: OpenTask | undefined;
}

export interface OpenTask {
  readonly uuid: string;
  readonly keyword: string;
  readonly pages: number;
  readonly fromDay: string;
  readonly toDay: string;
}

/** The call while it waits for the answer of this very attempt; `undefined` when it was answered or given back since. */
export async function openCall<T>(
  { query }: Pick<Database<T>, 'query'>,
  { call, attempt }: { readonly call: number; readonly attempt: number },
): Promise<OpenCall | undefined> {
  const { rows } = await sql<Row>`
    SELECT call.kind, call.platform, call.page, call.subject, call.stage_uuid, call.brief_uuid,
      task.uuid AS task_uuid, task.keyword, task.pages, stage.from_day, stage.to_day
    FROM briefs.calls AS call
    LEFT JOIN briefs.tasks AS task ON task.uuid = call.task_uuid
    LEFT JOIN briefs.stages AS stage ON stage.uuid = task.stage_uuid
    WHERE call.id = ${call} AND call.attempts = ${attempt} AND call.state = 'sent'`.execute(query);
  const [row] = rows;
  if (!row) return undefined;
  const { task_uuid: uuid, keyword, pages, from_day: fromDay, to_day: toDay } = row;
  const known = uuid !== null && keyword !== null && pages !== null && fromDay !== null && toDay !== null;
  return {
    id: call,
    attempt,
    kind: row.kind,
    platform: row.platform,
    page: row.page ?? undefined,
    subject: row.subject ?? undefined,
    stageUuid: row.stage_uuid ?? undefined,
    briefUuid: row.brief_uuid ?? undefined,
    task: known ? { uuid, keyword, pages, fromDay, toDay } : undefined,
  };
}

interface Row {
  readonly kind: OpenCall['kind'];
  readonly platform: PlatformName;
  readonly page: number | null;
  readonly subject: string | null;
  readonly stage_uuid: string | null;
  readonly brief_uuid: string | null;
  readonly task_uuid: string | null;
  readonly keyword: string | null;
  readonly pages: number | null;
  readonly from_day: string | null;
  readonly to_day: string | null;
}

/** A task's room and what it knows, while its row is locked. */
export interface LockedTask {
  readonly room: number;
  readonly known: ReadonlySet<string>;
}

/** What a page has brought, and how many articles its task may still take. */
export interface WrittenPage {
  readonly fates: readonly WrittenFate[];
  readonly roomLeft: number;
}

/**
 * Decides the fates of a page's items under the task's lock and writes them down; a page that was written down before
 * keeps its fates, and those are what comes back.
 */
export function writeFates<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  { task, page }: { readonly task: string; readonly page: number },
  decide: (task: LockedTask) => readonly Fate[],
): Promise<WrittenPage> {
  return transaction(async ({ query }) => {
    const { rows } = await sql<{ room: number }>`
      SELECT article_limit - taken AS room FROM briefs.tasks WHERE uuid = ${task} FOR UPDATE`.execute(query);
    const room = rows[0]?.room ?? 0;
    const known = await sql<WrittenFate & { page: number; article_key: string | null }>`
      SELECT page, place, state, reason, article_key FROM briefs.finds WHERE task_uuid = ${task}`.execute(query);
    const before = known.rows.filter((find) => find.page === page);
    // A task that is gone was deleted with its brief.
    if (before.length > 0 || rows.length === 0) return { fates: before, roomLeft: room };
    const keys = known.rows.flatMap(({ article_key }) => article_key ?? []);
    const fates = decide({ room, known: new Set(keys) });
    const written = fates.map((fate) => ({ ...fate, reason: fate.state === 'sent' ? null : fate.reason }));
    await sql`
      INSERT INTO briefs.finds (task_uuid, page, place, article_key, state, reason)
      SELECT ${task}, ${page}, * FROM unnest(${written.map(({ place }) => place)}::text[],
        ${written.map(({ articleKey }) => articleKey ?? null)}::text[], ${written.map(({ state }) => state)}::text[],
        ${written.map(({ reason }) => reason)}::text[])`.execute(query);
    const taken = fates.filter(({ state }) => state === 'sent').length;
    await sql`UPDATE briefs.tasks SET taken = taken + ${taken} WHERE uuid = ${task}`.execute(query);
    return { fates: written, roomLeft: room - taken };
  });
}

/** How a call has ended, or that it comes again. */
export type CallEnd =
  | {
      readonly state: 'answered';
      readonly next: { readonly page: number; readonly cursor: Cursor | undefined } | undefined;
    }
  | { readonly state: 'waiting'; readonly dueAt: Date; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * Writes down how a call has ended, with the next page's call, the platform's state, and what comes to its end with it;
 * `changed` is the platform's new state where it is another one.
 */
export function endCall<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  call: OpenCall,
  told: {
    readonly end: CallEnd;
    readonly outcome: CallOutcome;
    readonly rawKey: string | undefined;
    readonly now: Date;
  },
): Promise<Settled & { readonly changed: Breaker['state'] | undefined }> {
  const { end, outcome, rawKey, now } = told;
  return transaction(async (session) => {
    const { query } = session;
    const { rows } = await sql<{ id: number }>`
      UPDATE briefs.calls SET state = ${end.state}, raw_key = coalesce(${rawKey ?? null}, raw_key), lease_until = NULL,
        due_at = ${end.state === 'waiting' ? end.dueAt : sql`due_at`},
        answered_at = ${end.state === 'answered' ? now : null}, reason = ${'reason' in end ? end.reason : null}
      WHERE id = ${call.id} AND attempts = ${call.attempt} AND state = 'sent'
      RETURNING id`.execute(query);
    if (rows.length === 0) return { toExport: [], changed: undefined };
    if (end.state === 'answered' && end.next && call.task)
      await sql`
        INSERT INTO briefs.calls (brief_uuid, stage_uuid, task_uuid, platform, kind, page, cursor)
        SELECT ${call.briefUuid ?? null}::uuid, ${call.stageUuid ?? null}::uuid, uuid, ${call.platform}, 'search',
          ${end.next.page}, ${end.next.cursor ? JSON.stringify(end.next.cursor) : null}::json
        FROM briefs.tasks WHERE uuid = ${call.task.uuid} AND state = 'running'
        ON CONFLICT DO NOTHING`.execute(query);
    const settled = await settleTasks(session, call.task ? [call.task.uuid] : []);
    const changed = await writeBreaker(session, call.platform, {
      outcome,
      now,
      reason: 'reason' in end ? end.reason : null,
    });
    return { ...settled, changed };
  });
}

/** The platform's row comes last: it is the one that everybody wants. */
async function writeBreaker<T>(
  { query }: Session<T>,
  platform: PlatformName,
  { outcome, now, reason }: { readonly outcome: CallOutcome; readonly now: Date; readonly reason: string | null },
): Promise<Breaker['state'] | undefined> {
  const { rows } = await sql<{ state: Breaker['state']; failures: number; until: Date | null }>`
    SELECT state, failures, until FROM briefs.platforms WHERE name = ${platform} FOR UPDATE`.execute(query);
  const [before] = rows;
  if (!before) return undefined;
  const after = afterCall({ ...before, until: before.until ?? undefined }, outcome, now);
  const changed = after.state !== before.state;
  await sql`
    UPDATE briefs.platforms SET state = ${after.state}, failures = ${after.failures}, until = ${after.until ?? null},
      reason = ${after.state === 'working' ? null : reason},
      changed_at = ${changed ? now : sql`changed_at`},
      last_success_at = ${outcome === 'answered' ? now : sql`last_success_at`},
      last_failure_at = ${outcome === 'answered' ? sql`last_failure_at` : now}
    WHERE name = ${platform}`.execute(query);
  return changed ? after.state : undefined;
}
