import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { recordFailures, resolveFailures } from '#record/failure-ledger.ts';
import { articleFailure, articlePrefix, callFailure, callPrefix, type FailedCall } from '../collect/failures.ts';
import type { Fate, WrittenFate } from '../collect/fates.ts';
import type { AnswerMessage } from '../collect/messages.ts';
import type { CallOutcome, PlatformState } from '../collect/platform-state.ts';
import type { Cursor, Detail } from '../platforms/platform.ts';
import { tellPlatform } from './breaker-store.ts';
import type { OpenCall, OpenTask } from './calls/open-call-store.ts';
import { loseFinds, type Settled, settle, type Touched } from './settle-store.ts';

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

/** An answer as it was received: where it is kept, and what its message told of it. */
export type KeptAnswer = Extract<AnswerMessage, { readonly raw_key: string }>;

/** A user's or note's call, and what its answer told. */
export interface AnsweredDetail {
  readonly call: OpenCall;
  readonly answer: KeptAnswer;
  readonly detail: Detail;
}

/** The answer's row: the bucket has its text. */
export function keptText({ text: _inBucket, ...kept }: KeptAnswer): string {
  return JSON.stringify(kept);
}

/** A page of a search that is being read. */
export interface PageRead {
  readonly call: OpenCall & { readonly task: OpenTask; readonly page: number };
  readonly answer: KeptAnswer;
  /** Where its failures are replayed. */
  readonly door: string;
  readonly now: Date;
}

/**
 * Decides the fates of a page's items under the task's lock and writes them down; items that were written down before
 * keep their fates, and all of them are what comes back. From then on this very answer is the page's: should the call be
 * given back, it is read again.
 */
export function writeFates<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  { call, answer, door, now }: PageRead,
  decide: (task: LockedTask) => readonly Fate[],
): Promise<WrittenPage> {
  const { task, page } = call;
  return transaction(async ({ query }) => {
    // The call before its task, as in all transactions: one that deletes the brief would else wait for this one, and this for it.
    await sql`
      UPDATE briefs.calls SET raw_key = ${answer.raw_key}, answer = ${keptText(answer)}::json
      WHERE id = ${call.id}`.execute(query);
    const { rows } = await sql<{ room: number }>`
      SELECT article_limit - taken AS room FROM briefs.tasks WHERE uuid = ${task.uuid}
      FOR NO KEY UPDATE`.execute(query);
    const room = rows[0]?.room ?? 0;
    const known = await sql<WrittenFate & { page: number; article_key: string | null }>`
      SELECT page, place, state, reason, article_key FROM briefs.finds WHERE task_uuid = ${task.uuid}`.execute(query);
    const before = known.rows.filter((find) => find.page === page);
    // A task that is gone was deleted with its brief.
    if (rows.length === 0) return { fates: [], roomLeft: 0 };
    const places = new Set(before.map(({ place }) => place));
    const keys = known.rows.flatMap(({ article_key }) => article_key ?? []);
    const fates = decide({ room, known: new Set(keys) }).filter(({ place }) => !places.has(place));
    await insertFates(query, { task: task.uuid, page, fates });
    const failed = fates.filter((fate) => fate.state === 'failed');
    const told = { door, now, rawKey: answer.raw_key };
    await recordFailures(
      query,
      failed.map((fate) => articleFailure(failedCall(call), fate, told)),
    );
    const taken = fates.filter(({ state }) => state === 'sent').length;
    return { fates: [...before, ...fates.map(writtenOf)], roomLeft: room - taken };
  });
}

const writtenOf = ({ place, ...fate }: Fate): WrittenFate => ({
  place,
  state: fate.state,
  reason: fate.state === 'sent' ? null : fate.reason,
});

async function insertFates<T>(
  query: Session<T>['query'],
  { task, page, fates }: { readonly task: string; readonly page: number; readonly fates: readonly Fate[] },
): Promise<void> {
  if (fates.length === 0) return;
  const written = fates.map(writtenOf);
  await sql`
    INSERT INTO briefs.finds (task_uuid, page, place, article_key, state, reason)
    SELECT ${task}, ${page}, * FROM unnest(${written.map(({ place }) => place)}::text[],
      ${fates.map(({ articleKey }) => articleKey ?? null)}::text[], ${written.map(({ state }) => state)}::text[],
      ${written.map(({ reason }) => reason)}::text[])`.execute(query);
  await sql`
    UPDATE briefs.tasks SET taken = taken + ${fates.filter(({ state }) => state === 'sent').length},
      found = found + ${fates.length}
    WHERE uuid = ${task}`.execute(query);
}

function failedCall({ task, ...call }: OpenCall): FailedCall {
  return {
    ...call,
    keyword: task?.keyword,
    task: task?.uuid,
    brief: call.briefUuid,
    stage: call.stageUuid,
  };
}

/** How a call has ended, or that it comes again. */
export type CallEnd =
  | {
      readonly state: 'answered';
      readonly next: { readonly page: number; readonly cursor: Cursor | undefined } | undefined;
    }
  | { readonly state: 'waiting'; readonly dueAt: Date; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };

export interface ToldEnd {
  readonly end: CallEnd;
  readonly outcome: CallOutcome;
  readonly answer: KeptAnswer | undefined;
  readonly door: string;
  readonly now: Date;
}

/** What follows from a call's end beside what settling brings. */
export interface Ended extends Settled {
  /** The platform's new state where it is another one. */
  readonly changed: PlatformState | undefined;
  /** When the next call may be made that now waits. */
  readonly wakeAt: Date | undefined;
}

/**
 * Writes down how a call has ended, with the next page's call, the platform's state, the ledger's row of what was given
 * up, and what comes to its end with it.
 */
export function endCall<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  call: OpenCall,
  told: ToldEnd,
): Promise<Ended> {
  const { end, answer, now } = told;
  return transaction(async (session) => {
    const { query } = session;
    const { rows } = await sql<{ turn_id: number | null; forgiven: number }>`
      UPDATE briefs.calls AS call SET state = ${end.state}, lease_until = NULL, turn_id = NULL, reread = false,
        raw_key = coalesce(${answer?.raw_key ?? null}, call.raw_key),
        answer = coalesce(${answer ? keptText(answer) : null}::json, call.answer),
        due_at = ${end.state === 'waiting' ? end.dueAt : sql`call.due_at`},
        answered_at = ${end.state === 'answered' ? now : null}, reason = ${'reason' in end ? end.reason : null}
      FROM (SELECT id, turn_id FROM briefs.calls WHERE id = ${call.id} FOR NO KEY UPDATE) AS before
      WHERE call.id = before.id AND attempts = ${call.attempt} AND state = 'sent'
      RETURNING before.turn_id, call.forgiven`.execute(query);
    const [row] = rows;
    if (!row) return { toExport: [], changed: undefined, wakeAt: undefined };
    await follow(query, call, { ...told, wasRunAgain: row.forgiven > 0 });
    const settled = (await isFollowed(query, call)) ? { toExport: [] } : await settle(session, touchedBy(call));
    return {
      ...settled,
      ...(await tellPlatform(session, call.platform, {
        ...told,
        turns: row.turn_id === null ? [] : [row.turn_id],
        reason: 'reason' in end ? end.reason : null,
        dueAt: end.state === 'waiting' ? end.dueAt : undefined,
      })),
    };
  });
}

function touchedBy({ task, stageUuid }: OpenCall): Touched {
  return { tasks: task ? [task.uuid] : [], stages: stageUuid ? [stageUuid] : [] };
}

/**
 * Whether a detail is surely not its stage's last: another call of it still waits, and whatever comes of that one settles
 * the stage. Hundreds of details would else wait for one another at the stage's row.
 */
async function isFollowed<T>(query: Session<T>['query'], { id, kind, stageUuid }: OpenCall): Promise<boolean> {
  if (kind === 'search' || stageUuid === undefined) return false;
  const { rows } = await sql`
    SELECT FROM briefs.calls WHERE stage_uuid = ${stageUuid} AND state = 'waiting' AND id <> ${id} LIMIT 1`.execute(
    query,
  );
  return rows.length > 0;
}

/** What an end leaves behind: the ledger's row of what was given up, or its end, and the next page's call. */
export async function follow<T>(
  query: Session<T>['query'],
  call: OpenCall,
  { end, answer, door, now, wasRunAgain }: ToldEnd & { readonly wasRunAgain: boolean },
): Promise<void> {
  if (end.state === 'answered' && wasRunAgain) {
    const { rows: unreadable } = await sql`
      SELECT FROM briefs.finds WHERE task_uuid = ${call.task?.uuid ?? null} AND page = ${call.page ?? null}
        AND state = 'failed' LIMIT 1`.execute(query);
    const naturalKeyPrefixes = [callPrefix(call.id), ...(unreadable.length === 0 ? [articlePrefix(call)] : [])];
    await resolveFailures(query, { workload: 'briefs', naturalKeyPrefixes }, 'briefs');
  }
  if (end.state === 'failed' && call.kind !== 'probe')
    await recordFailures(query, [callFailure(failedCall(call), end.reason, { door, now, rawKey: answer?.raw_key })]);
  if (end.state === 'failed' && call.task && call.page !== undefined)
    await loseFinds(query, [{ task: call.task.uuid, page: call.page }]);
  if (end.state === 'answered' && end.next && call.task) await askNextPage(query, call, end.next);
}

async function askNextPage<T>(
  query: Session<T>['query'],
  { task, platform, briefUuid, stageUuid }: OpenCall,
  { page, cursor }: { readonly page: number; readonly cursor: Cursor | undefined },
): Promise<void> {
  await sql`
    INSERT INTO briefs.calls (brief_uuid, stage_uuid, task_uuid, platform, kind, page, cursor)
    SELECT ${briefUuid ?? null}::uuid, ${stageUuid ?? null}::uuid, uuid, ${platform}, 'search', ${page},
      ${cursor ? JSON.stringify(cursor) : null}::json
    FROM briefs.tasks WHERE uuid = ${task?.uuid ?? null} AND state = 'running'
    ON CONFLICT DO NOTHING`.execute(query);
}
