import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { PlatformName } from '../platforms/names.ts';
import { askForRemoval, filesOf } from '../stores/delete-store.ts';
import { endStage } from '../stores/settle-store.ts';
import type { ExportStagePorts, MadeFiles, WantedFiles } from './export-stage.ts';
import type { StageContent } from './make-files.ts';
import type { SourceRow } from './sources.ts';
import type { StoredArticle } from './stored-article.ts';

/** What exporting a stage needs of the database. */
export function exportStore<T>(
  database: Pick<Database<T>, 'query' | 'transaction'>,
): Pick<ExportStagePorts, 'begin' | 'read' | 'end'> {
  return {
    begin: (stage) => beginExport(database, stage),
    read: (stage, work) => inStage(database, stage, work),
    end: (stage, wanted, made) => endExport(database, stage, wanted, made),
  };
}

/** Begins an attempt at a stage's files; `undefined` when they are no longer wanted, or the stage is gone. */
async function beginExport<T>({ query }: Pick<Database<T>, 'query'>, stage: string): Promise<WantedFiles | undefined> {
  const { rows } = await sql<{ asked: Date; attempts: number }>`
    UPDATE briefs.stages SET export_attempts = export_attempts + 1
    WHERE uuid = ${stage} AND export_state = 'wanted'
    RETURNING date_trunc('milliseconds', coalesce(export_asked_at, created_at)) AS asked, export_attempts AS attempts`.execute(
    query,
  );
  return rows[0] && { askedAt: rows[0].asked, attempts: rows[0].attempts };
}

/**
 * Writes down that a stage's files are made, and ends what ends with them. A request that came since the attempt began
 * gets files of its own.
 */
function endExport<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  stage: string,
  { askedAt }: WantedFiles,
  made: MadeFiles,
): Promise<void> {
  return transaction(async ({ query }) => {
    const { rows } = await sql`
      UPDATE briefs.stages SET files = ${'files' in made ? JSON.stringify(made.files) : sql`files`}, export_attempts = 0
      WHERE uuid = ${stage} AND export_state = 'wanted'
        AND date_trunc('milliseconds', coalesce(export_asked_at, created_at)) = ${askedAt}
      RETURNING uuid`.execute(query);
    if (rows.length > 0)
      await endStage({ query }, stage, 'failed' in made ? { state: 'failed', reason: made.failed } : undefined);
    else await forgetFilesOfNobody(query, stage);
  });
}

/** Files that came after their brief was deleted go as well. */
async function forgetFilesOfNobody<T>(query: Session<T>['query'], stage: string): Promise<void> {
  const { rows } = await sql`SELECT FROM briefs.stages WHERE uuid = ${stage}`.execute(query);
  if (rows.length === 0) await askForRemoval(query, filesOf(stage));
}

/** Shows a stage as it stands at one moment, whatever is written meanwhile; `undefined` when it is gone. */
function inStage<T, R>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  stage: string,
  work: (content: StageContent) => Promise<R>,
): Promise<R | undefined> {
  return transaction(async (session) => {
    await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`.execute(session.query);
    const { rows } = await sql<{ platforms: readonly PlatformName[] }>`
      SELECT platforms FROM briefs.stages WHERE uuid = ${stage}`.execute(session.query);
    const [row] = rows;
    if (!row) return undefined;
    return work({
      uuid: stage,
      platforms: row.platforms,
      sources: await sourcesOf(session, stage),
      articles: (platform) => articlesOf(session, stage, platform),
    });
  });
}

// Half a megabyte of posts.
const batch = 500;

/** Through a cursor: what was read is forgotten. Newest first. */
async function* articlesOf<T>(
  { query }: Session<T>,
  stage: string,
  platform: PlatformName,
): AsyncGenerator<readonly StoredArticle[]> {
  const cursor = sql.ref(`articles_of_${platform}`);
  // A cursor is asked for all of its rows, and planned for the first ones unless it is told so.
  await sql`SET LOCAL cursor_tuple_fraction = 1`.execute(query);
  await sql`
    DECLARE ${cursor} NO SCROLL CURSOR FOR
    SELECT id, article_key, keywords, url, title, content, content_cut, post_time, "like", read, share, comment, collect, play,
      danmu, download, coin, interaction, interaction_per, score, user_name, user_id, user_fans, user_fans_level, user_url,
      user_following, user_posts, tags, is_repost, note_type, cover_url, duration_seconds, platform_id
    FROM briefs.articles WHERE stage_uuid = ${sql.lit(stage)} AND platform = ${sql.lit(platform)}
    ORDER BY post_time DESC, id`.execute(query);
  for (;;) {
    const { rows } = await sql<StoredArticle>`FETCH ${sql.lit(batch)} FROM ${cursor}`.execute(query);
    if (rows.length > 0) yield rows;
    if (rows.length < batch) break;
  }
  await sql`CLOSE ${cursor}`.execute(query);
}

/** Calls for users and notes, which belong to no keyword. */
const further = (stage: string) => sql`
  SELECT platform, NULL AS keyword, CASE WHEN bool_and(state = 'answered') THEN 'finished' ELSE 'partial' END AS state,
    min(first) AS started_at, max(last) AS ended_at, NULL::integer AS found, '{}'::json AS dropped, NULL::integer AS stored,
    coalesce(json_object_agg(reason, number ORDER BY number DESC, reason) FILTER (WHERE state <> 'answered'), '{}') AS failed,
    coalesce(sum(number) FILTER (WHERE state = 'answered'), 0)::integer AS enriched, sum(attempts)::integer AS calls,
    sum(cost)::float8 AS cost, NULL::integer AS cut_texts, NULL::integer AS lower_bounds, NULL AS reason
  FROM (
    SELECT platform, state, CASE WHEN state = 'answered' THEN '' ELSE coalesce(split_part(reason, ':', 1), state) END AS reason,
      count(*) AS number, sum(attempts) AS attempts, sum(cost_usd) AS cost, min(sent_at) AS first, max(answered_at) AS last
    FROM briefs.calls WHERE stage_uuid = ${stage} AND task_uuid IS NULL GROUP BY 1, 2, 3) AS counted
  GROUP BY platform`;

/** What became of each keyword on each platform; further calls of no keyword come after those of their platform. */
async function sourcesOf<T>({ query }: Session<T>, stage: string): Promise<readonly SourceRow[]> {
  const { rows } = await sql<SourceRow>`
    WITH reasons AS (
      SELECT task.uuid, find.state, coalesce(find.reason, find.state) AS reason, count(*) AS number
      FROM briefs.tasks AS task JOIN briefs.finds AS find ON find.task_uuid = task.uuid
      WHERE task.stage_uuid = ${stage} GROUP BY 1, 2, 3),
    finds AS (
      SELECT uuid, sum(number)::integer AS found, coalesce(sum(number) FILTER (WHERE state = 'stored'), 0)::integer AS stored,
        coalesce(json_object_agg(reason, number ORDER BY number DESC, reason) FILTER (WHERE state = 'dropped'), '{}') AS dropped,
        coalesce(json_object_agg(reason, number ORDER BY number DESC, reason) FILTER (WHERE state IN ('failed', 'sent')), '{}')
          AS failed
      FROM reasons GROUP BY uuid),
    calls AS (
      SELECT task_uuid AS uuid, sum(attempts)::integer AS calls, sum(cost_usd)::float8 AS cost
      FROM briefs.calls WHERE stage_uuid = ${stage} AND task_uuid IS NOT NULL GROUP BY 1),
    marks AS (
      SELECT task_uuid AS uuid, count(*) FILTER (WHERE enriched)::integer AS enriched,
        count(*) FILTER (WHERE content_cut)::integer AS cut_texts,
        count(*) FILTER (WHERE at_least <> '{}')::integer AS lower_bounds
      FROM briefs.articles WHERE stage_uuid = ${stage} GROUP BY 1),
    rows AS (
      SELECT platform, keyword, state, started_at, ended_at, coalesce(finds.found, 0) AS found, coalesce(dropped, '{}') AS dropped,
        coalesce(stored, 0) AS stored, coalesce(failed, '{}') AS failed, coalesce(enriched, 0) AS enriched,
        coalesce(calls, 0) AS calls, coalesce(cost, 0) AS cost, coalesce(cut_texts, 0) AS cut_texts,
        coalesce(lower_bounds, 0) AS lower_bounds, reason
      FROM (SELECT * FROM briefs.tasks WHERE stage_uuid = ${stage}) AS task
      LEFT JOIN finds USING (uuid) LEFT JOIN calls USING (uuid) LEFT JOIN marks USING (uuid)
      UNION ALL
      ${further(stage)})
    SELECT platform, keyword, state, started_at AS "startedAt", ended_at AS "endedAt", found, dropped, stored, failed, enriched,
      calls, cost AS "costUsd", cut_texts AS "cutTexts", lower_bounds AS "lowerBounds", reason
    FROM rows, (SELECT platforms, keywords FROM briefs.stages WHERE uuid = ${stage}) AS stage
    ORDER BY array_position(platforms, platform), keyword IS NULL, array_position(keywords, keyword), keyword`.execute(
    query,
  );
  return rows;
}
