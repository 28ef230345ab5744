import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { AllPlatformSettings } from '../collect/settings.ts';
import type { StageOrder } from '../work/job-content.ts';
import { articlesAskedFor, tasksOf } from '../work/plan.ts';

/** A brief as it is submitted. */
export interface NewBrief {
  readonly name: string;
  readonly remarks: string;
  /** The API's user. */
  readonly owner: string;
  /** What the front end calls its user. */
  readonly createUserName: string;
  readonly orders: readonly StageOrder[];
  /** The description as it came, for readers of the brief. */
  readonly jobContent: unknown;
  readonly idempotencyKey: string | undefined;
}

/** A brief as it is stored. */
export interface SubmittedBrief extends Pick<NewBrief, 'name' | 'remarks' | 'orders' | 'jobContent'> {
  readonly uuid: string;
  readonly code: string;
  /** It was there already, by its idempotency key. */
  readonly known: boolean;
}

/** Writes a brief with its stages, tasks and first calls, all or nothing. */
export function submitBrief<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  brief: NewBrief,
  settings: AllPlatformSettings,
): Promise<SubmittedBrief> {
  return transaction(async (session) => {
    const uuid = randomUUID();
    const { rows } = await sql<Omit<SubmittedBrief, 'known'>>`
      INSERT INTO briefs.briefs (uuid, code, name, remarks, owner, create_user_name, orders, job_content, article_limit,
        idempotency_key)
      VALUES (${uuid}, ${uuid}, ${brief.name}, ${brief.remarks}, ${brief.owner}, ${brief.createUserName},
        ${JSON.stringify(brief.orders)}::json, ${JSON.stringify(brief.jobContent)}::json,
        ${articlesAskedFor(brief.orders)}, ${brief.idempotencyKey ?? null})
      ON CONFLICT (owner, idempotency_key) DO UPDATE SET idempotency_key = excluded.idempotency_key
      RETURNING uuid, code, name, remarks, orders, job_content AS "jobContent"`.execute(session.query);
    const [row] = rows;
    if (!row) throw new Error('PostgreSQL returned no row for a brief');
    if (row.uuid !== uuid) return { ...row, known: true };
    const code = await nextCode(session);
    await sql`UPDATE briefs.briefs SET code = ${code} WHERE uuid = ${uuid}`.execute(session.query);
    await addStages(session, { uuid, name: brief.name, orders: brief.orders }, settings);
    return { ...row, code, known: false };
  });
}

/**
 * The next code of today in Shanghai: `20261129001`, four digits after 999. The day's row is locked until the
 * transaction ends, so no code comes twice and none is left out.
 */
async function nextCode<T>({ query }: Session<T>): Promise<string> {
  const { rows } = await sql<{ code: string }>`
    INSERT INTO briefs.day_codes AS known (day, last) VALUES ((now() AT TIME ZONE 'Asia/Shanghai')::date, 1)
    ON CONFLICT (day) DO UPDATE SET last = known.last + 1
    RETURNING to_char(day, 'YYYYMMDD') || CASE WHEN last < 1000 THEN lpad(last::text, 3, '0') ELSE last::text END AS code`.execute(
    query,
  );
  const [row] = rows;
  if (!row) throw new Error('PostgreSQL returned no code for a brief');
  return row.code;
}

/** The stages of a brief with their tasks, and the first page's call of each task. */
export async function addStages<T>(
  { query }: Session<T>,
  { uuid, name, orders }: { readonly uuid: string; readonly name: string; readonly orders: readonly StageOrder[] },
  settings: AllPlatformSettings,
): Promise<void> {
  for (const [index, order] of orders.entries()) {
    const stage = randomUUID();
    const tasks = tasksOf(order, settings);
    await sql`
      INSERT INTO briefs.stages (uuid, brief_uuid, position, name, platforms, keywords, article_limit, from_day, to_day)
      VALUES (${stage}, ${uuid}, ${index + 1}, ${`${name}_${index + 1}`}, ${order.platforms}::text[],
        ${order.keywords}::text[], ${order.limit}, ${order.fromDay}::date, ${order.toDay}::date)`.execute(query);
    await sql`
      WITH task AS (
        INSERT INTO briefs.tasks (uuid, stage_uuid, brief_uuid, platform, keyword, article_limit, pages)
        SELECT gen_random_uuid(), ${stage}, ${uuid}, platform, keyword, article_limit, pages
        FROM unnest(${tasks.map((task) => task.platform)}::text[], ${tasks.map((task) => task.keyword)}::text[],
          ${tasks.map((task) => task.limit)}::integer[], ${tasks.map((task) => task.pages)}::integer[])
          AS planned (platform, keyword, article_limit, pages)
        RETURNING uuid, platform)
      INSERT INTO briefs.calls (brief_uuid, stage_uuid, task_uuid, platform, kind, page)
      SELECT ${uuid}, ${stage}, uuid, platform, 'search', 1 FROM task`.execute(query);
  }
}
