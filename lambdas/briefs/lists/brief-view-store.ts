import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { WorkState } from '../work/states.ts';
import { figureOf } from './article-list-store.ts';
import { type ListedFigure, listings } from './figures.ts';

/** Whose a brief is, and how it stands. */
export interface BriefHead {
  readonly uuid: string;
  readonly code: string;
  readonly name: string;
  readonly remarks: string;
  readonly owner: string;
  readonly create_user_name: string;
  readonly state: WorkState;
  readonly reason: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

export interface StageHead {
  readonly uuid: string;
  readonly name: string;
  readonly platforms: readonly PlatformName[];
  readonly keywords: readonly string[];
  readonly article_limit: number;
  readonly from_day: string;
  readonly to_day: string;
  readonly state: WorkState;
  readonly reason: string | null;
  readonly export_state: string;
  readonly exported_at: Date | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

/** What a stage's articles on one platform come to; unknown figures count 0. */
export interface StageSums {
  readonly stage: string;
  readonly platform: PlatformName;
  readonly articles: number;
  readonly accounts: number;
  readonly sums: Readonly<Partial<Record<ListedFigure, number>>>;
}

const head = sql`brief.uuid, code, brief.name, remarks, owner, create_user_name, brief.state, brief.reason,
  brief.created_at, brief.started_at, brief.ended_at`;

/** A brief by its own uuid. */
export async function findBrief<T>(
  { query }: Pick<Database<T>, 'query'>,
  uuid: string,
): Promise<BriefHead | undefined> {
  const { rows } = await sql<BriefHead>`SELECT ${head} FROM briefs.briefs AS brief WHERE uuid = ${uuid}`.execute(query);
  return rows[0];
}

/** The brief that a stage is of. */
export async function briefOfStage<T>(
  { query }: Pick<Database<T>, 'query'>,
  stage: string,
): Promise<BriefHead | undefined> {
  const { rows } = await sql<BriefHead>`
    SELECT ${head} FROM briefs.stages AS stage JOIN briefs.briefs AS brief ON brief.uuid = stage.brief_uuid
    WHERE stage.uuid = ${stage}`.execute(query);
  return rows[0];
}

const stage = sql`uuid, name, platforms, keywords, article_limit, from_day, to_day, state, reason, export_state,
  exported_at, started_at, ended_at`;

/** The stages of a brief in their order. */
export async function stagesOf<T>({ query }: Pick<Database<T>, 'query'>, brief: string): Promise<readonly StageHead[]> {
  const { rows } = await sql<StageHead>`
    SELECT ${stage} FROM briefs.stages WHERE brief_uuid = ${brief} ORDER BY position`.execute(query);
  return rows;
}

/** One stage. */
export async function findStage<T>(
  { query }: Pick<Database<T>, 'query'>,
  uuid: string,
): Promise<StageHead | undefined> {
  const { rows } = await sql<StageHead>`SELECT ${stage} FROM briefs.stages WHERE uuid = ${uuid}`.execute(query);
  return rows[0];
}

/** Every figure that some platform's sums show. */
const summed: readonly ListedFigure[] = [
  ...new Set<ListedFigure>(['interaction', ...Object.values(listings).flatMap(({ sums }) => Object.values(sums))]),
];

/** The sums of stages, by platform; nothing for a platform without articles. */
export async function sumsOf<T>(
  { query }: Pick<Database<T>, 'query'>,
  stages: readonly string[],
): Promise<readonly StageSums[]> {
  const sums = summed.map((figure) => sql`coalesce(sum(${figureOf(figure)}), 0) AS ${sql.ref(figure)}`);
  // In the order of the index, by which each account's articles stand together: nothing is sorted.
  const { rows } = await sql<Omit<StageSums, 'sums'> & Record<ListedFigure, number>>`
    SELECT stage_uuid AS stage, platform, count(*) AS articles, count(DISTINCT account) AS accounts, ${sql.join(sums)}
    FROM briefs.articles WHERE stage_uuid = ANY(${stages}::uuid[]) GROUP BY stage_uuid, platform`.execute(query);
  return rows.map(({ stage, platform, articles, accounts, ...sums }) => ({
    stage,
    platform,
    articles,
    accounts,
    sums,
  }));
}
