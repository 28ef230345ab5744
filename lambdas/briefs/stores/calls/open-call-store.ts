import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { PlatformName } from '../../platforms/names.ts';
import type { Cursor } from '../../platforms/platform.ts';

/** A call that is under way, with all that reading its answer needs. */
export interface OpenCall {
  readonly id: number;
  readonly attempt: number;
  /** Since it is asked for, or was run again. */
  readonly tries: number;
  readonly kind: 'search' | 'user' | 'note' | 'probe';
  readonly platform: PlatformName;
  readonly page: number | undefined;
  /** What an earlier page answered for this one. */
  readonly cursor: Cursor | undefined;
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

/** The calls while they wait for the answers of these very attempts; `undefined` for one that was answered or given back. */
export async function openCalls<T>(
  { query }: Pick<Database<T>, 'query'>,
  asked: readonly { readonly call: number; readonly attempt: number }[],
): Promise<readonly (OpenCall | undefined)[]> {
  const { rows } = await sql<Row>`
    SELECT call.id, call.attempts, call.attempts - call.forgiven AS tries, call.kind, call.platform, call.page,
      call.cursor, call.subject, call.stage_uuid, call.brief_uuid, task.uuid AS task_uuid, task.keyword, task.pages,
      stage.from_day, stage.to_day
    FROM unnest(${asked.map(({ call }) => call)}::bigint[], ${asked.map(({ attempt }) => attempt)}::integer[])
      AS asked (id, attempts)
    JOIN briefs.calls AS call USING (id, attempts)
    LEFT JOIN briefs.tasks AS task ON task.uuid = call.task_uuid
    LEFT JOIN briefs.stages AS stage ON stage.uuid = task.stage_uuid
    WHERE call.state = 'sent'`.execute(query);
  const open = new Map(rows.map((row) => [`${row.id}/${row.attempts}`, openCallOf(row)]));
  return asked.map(({ call, attempt }) => open.get(`${call}/${attempt}`));
}

function openCallOf({ id, attempts: attempt, tries, kind, platform, page, cursor, subject, ...row }: Row): OpenCall {
  const { task_uuid: uuid, keyword, pages, from_day: fromDay, to_day: toDay } = row;
  const known = uuid !== null && keyword !== null && pages !== null && fromDay !== null && toDay !== null;
  return {
    id,
    attempt,
    tries,
    kind,
    platform,
    page: page ?? undefined,
    cursor: cursor ?? undefined,
    subject: subject ?? undefined,
    stageUuid: row.stage_uuid ?? undefined,
    briefUuid: row.brief_uuid ?? undefined,
    task: known ? { uuid, keyword, pages, fromDay, toDay } : undefined,
  };
}

/** Whether there is no such call any more: its brief was deleted. */
export async function isGone<T>({ query }: Pick<Database<T>, 'query'>, call: number): Promise<boolean> {
  return (await sql`SELECT FROM briefs.calls WHERE id = ${call}`.execute(query)).rows.length === 0;
}

interface Row {
  readonly id: number;
  readonly attempts: number;
  readonly tries: number;
  readonly kind: OpenCall['kind'];
  readonly platform: PlatformName;
  readonly page: number | null;
  readonly cursor: Cursor | null;
  readonly subject: string | null;
  readonly stage_uuid: string | null;
  readonly brief_uuid: string | null;
  readonly task_uuid: string | null;
  readonly keyword: string | null;
  readonly pages: number | null;
  readonly from_day: string | null;
  readonly to_day: string | null;
}
