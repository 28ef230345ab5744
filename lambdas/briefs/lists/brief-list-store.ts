import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { WorkState } from '../work/states.ts';
import { contains } from './article-list-store.ts';

/** What a list of briefs is narrowed to; what is left out, or is an empty list, narrows nothing. */
export interface BriefFilter {
  /** Contained, whichever case. */
  readonly name?: string | undefined;
  readonly createUserName?: string | undefined;
  readonly states?: readonly WorkState[] | undefined;
  /** Any of these. Platforms of another user's brief are not shown, so none is found by them either. */
  readonly platforms?: readonly PlatformName[] | undefined;
  /** Who reads: this user sees the whole of their own briefs; `undefined` is an admin, who sees the whole of all. */
  readonly reader: string | undefined;
}

export interface ListedBrief {
  readonly uuid: string;
  readonly code: string;
  readonly name: string;
  readonly remarks: string;
  readonly owner: string;
  readonly create_user_name: string;
  readonly article_limit: number;
  readonly state: WorkState;
  readonly cancel_reason: string | null;
  readonly created_at: Date;
  /** Of all its stages. */
  readonly platforms: readonly PlatformName[];
  /** `YYYY-MM-DD`, the first and the last day of all its stages. */
  readonly from_day: string | null;
  readonly to_day: string | null;
}

/** A page of briefs, the newest first. */
export async function listBriefs<T>(
  { query }: Pick<Database<T>, 'query'>,
  { name, createUserName, states, platforms, reader }: BriefFilter,
  { start, length }: Paging,
): Promise<Page<ListedBrief>> {
  const chosen = sql.join(
    [
      sql`true`,
      ...(name === undefined ? [] : [contains(sql`name`, name)]),
      ...(createUserName === undefined ? [] : [contains(sql`create_user_name`, createUserName)]),
      ...(states === undefined ? [] : [sql`state = ANY(${states}::text[])`]),
      ...(platforms === undefined ? [] : [asked(platforms)]),
    ],
    sql` AND `,
  );
  const counted = await sql<{ total: number }>`
    SELECT count(*) AS total FROM briefs.briefs AS brief WHERE ${chosen}`.execute(query);
  const { rows } = await sql<ListedBrief>`
    SELECT brief.uuid, code, name, remarks, owner, create_user_name, article_limit, state, cancel_reason, created_at,
      stages.*
    FROM (
      SELECT * FROM briefs.briefs AS brief WHERE ${chosen}
      ORDER BY created_at DESC, uuid LIMIT ${length} OFFSET ${start}) AS brief
    CROSS JOIN LATERAL (
      SELECT min(from_day) AS from_day, max(to_day) AS to_day,
        ARRAY(SELECT DISTINCT unnest(platforms) FROM briefs.stages WHERE brief_uuid = brief.uuid) AS platforms
      FROM briefs.stages WHERE brief_uuid = brief.uuid) AS stages
    ORDER BY created_at DESC, uuid`.execute(query);
  return { data: rows, total: counted.rows[0]?.total ?? 0 };

  function asked(names: readonly PlatformName[]) {
    const own = reader === undefined ? sql`true` : sql`owner = ${reader}`;
    return sql`${own} AND EXISTS (
      SELECT FROM briefs.stages WHERE brief_uuid = brief.uuid AND platforms && ${names}::text[])`;
  }
}
