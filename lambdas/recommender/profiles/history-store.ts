import { sql } from 'kysely';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';

/** Something that a user did, or was shown, as it was taken. */
export interface Deed {
  readonly scenario_id: string;
  readonly item_id: string;
  readonly action: string;
  readonly at: Date;
  readonly received_at: Date;
  readonly request_id: string | null;
  readonly strategy: string | null;
  readonly slot: number | null;
  readonly model_id: string | null;
  readonly experiment_id: string | null;
  readonly experiment_group: string | null;
  readonly session_id: string | null;
  readonly device: string | null;
  readonly extra: Readonly<Record<string, unknown>> | null;
}

export interface HistoryFilter extends Paging {
  readonly tenant: string;
  readonly user: string;
  /** @default all scenarios that there are */
  readonly scenario?: string | undefined;
  readonly action?: string | undefined;
}

/** What a user did, the newest first, as far back as the database has it. */
export function historyOf<T>(
  { query }: Pick<Database<T>, 'query'>,
  { tenant, user, scenario, action, ...paging }: HistoryFilter,
): Promise<Page<Deed>> {
  // Behaviour is found by tenant, scenario and user: each scenario is looked up by itself.
  const scenarios =
    scenario === undefined
      ? sql`ARRAY(SELECT scenario_id FROM recommender.scenarios WHERE tenant_id = ${tenant})`
      : sql`ARRAY[${scenario}::text COLLATE "C"]`;
  const where = [
    sql`tenant_id = ${tenant}`,
    sql`scenario_id = ANY (${scenarios})`,
    sql`user_id = ${user}`,
    ...(action === undefined ? [] : [sql`action = ${action}`]),
  ];
  return pagedListing<Deed>(query, { ...deeds, where }, paging);
}

const deeds = {
  select: sql`scenario_id, item_id, action, at, received_at, request_id, strategy, slot, model_id, experiment_id,
    experiment_group, session_id, device, extra`,
  from: sql`recommender.behaviors`,
  order: sql`at DESC, event_id, part`,
};
