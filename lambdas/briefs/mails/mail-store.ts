import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { BriefFacts, StageFacts } from './brief-facts.ts';
import type { TellEndPorts, TellSubmittedPorts } from './tell-end.ts';

/** What mails need of the database. */
export function mailStore<T>(
  database: Pick<Database<T>, 'query'>,
): Pick<TellEndPorts, 'facts' | 'toTell' | 'told'> & Pick<TellSubmittedPorts, 'submitTold'> {
  return {
    facts: (brief) => briefFacts(database, brief),
    toTell: (stage) => briefToTell(database, stage),
    told: (brief) => markTold(database, brief),
    submitTold: (brief) => markSubmitTold(database, brief),
  };
}

/** What a mail about a brief tells; `undefined` when it is gone. */
async function briefFacts<T>({ query }: Pick<Database<T>, 'query'>, brief: string): Promise<BriefFacts | undefined> {
  const { rows } = await sql<Omit<BriefFacts, 'stages'>>`
    SELECT uuid, code, name, remarks, owner, create_user_name AS "createUserName", state, reason,
      cancel_reason AS "cancelReason", article_limit AS "articleLimit", created_at AS "createdAt", started_at AS "startedAt",
      ended_at AS "endedAt"
    FROM briefs.briefs WHERE uuid = ${brief}`.execute(query);
  const [found] = rows;
  if (!found) return undefined;
  const stages = await sql<StageFacts>`
    SELECT uuid, name, state, platforms, keywords, article_limit AS limit, from_day AS "fromDay", to_day AS "toDay",
      export_state = 'made' AS "hasFiles",
      (SELECT coalesce(json_object_agg(platform, number), '{}') FROM (
        SELECT platform, count(*) AS number FROM briefs.articles WHERE stage_uuid = stage.uuid GROUP BY platform) AS counted)
        AS articles,
      (SELECT coalesce(json_agg(json_build_object('platform', platform, 'keyword', keyword, 'state', state, 'reason', reason)
          ORDER BY array_position(stage.platforms, platform), array_position(stage.keywords, keyword), reason), '[]')
        FROM (
          SELECT platform, keyword, state, reason FROM briefs.tasks
          WHERE stage_uuid = stage.uuid AND state IN ('partial', 'failed', 'cancelled')
          UNION
          SELECT platform, NULL, 'partial', split_part(reason, ':', 1) FROM briefs.calls
          WHERE stage_uuid = stage.uuid AND task_uuid IS NULL AND state IN ('dropped', 'failed')) AS told) AS missing
    FROM briefs.stages AS stage WHERE brief_uuid = ${brief} ORDER BY position`.execute(query);
  return { ...found, stages: stages.rows };
}

/** The brief of a stage when it has ended and no mail has told of this end. */
async function briefToTell<T>({ query }: Pick<Database<T>, 'query'>, stage: string): Promise<string | undefined> {
  const { rows } = await sql<{ uuid: string }>`
    SELECT uuid FROM briefs.briefs
    WHERE uuid = (SELECT brief_uuid FROM briefs.stages WHERE uuid = ${stage})
      -- Who cancels a brief knows of its end.
      AND ended_at IS NOT NULL AND state <> 'cancelled' AND (told_at IS NULL OR told_at < ended_at)`.execute(query);
  return rows[0]?.uuid;
}

/** Writes down that the mail about a brief's end is in its queue. */
async function markTold<T>({ query }: Pick<Database<T>, 'query'>, brief: string): Promise<void> {
  await sql`UPDATE briefs.briefs SET told_at = now() WHERE uuid = ${brief}`.execute(query);
}

async function markSubmitTold<T>({ query }: Pick<Database<T>, 'query'>, brief: string): Promise<void> {
  await sql`UPDATE briefs.briefs SET submit_told_at = now() WHERE uuid = ${brief}`.execute(query);
}

// A sweep's worth; those that are left have the next one.
const toldAtOnce = 100;

/** Briefs whose submission no mail has told, for want of a queue. A cancelled brief needs none: its owner knows. */
export async function submissionsUntold<T>({ query }: Pick<Database<T>, 'query'>): Promise<readonly string[]> {
  const { rows } = await sql<{ uuid: string }>`
    SELECT uuid FROM briefs.briefs WHERE submit_told_at IS NULL AND state <> 'cancelled'
    ORDER BY created_at LIMIT ${toldAtOnce}`.execute(query);
  return rows.map(({ uuid }) => uuid);
}
