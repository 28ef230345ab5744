import { sql } from 'kysely';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import type { Scenario, ScenarioConfig, ScenarioType } from './scenario.ts';
import type { ScenarioKey } from './scenario-key.ts';
import { templateOf } from './templates.ts';

export interface NewScenario {
  readonly name: string;
  readonly type: ScenarioType;
  readonly config: ScenarioConfig;
  readonly author: string;
}

export type ScenarioChange = Partial<Pick<Scenario, 'name' | 'type' | 'config' | 'state'>>;

/** The scenarios of tenants. */
export interface ScenarioBook {
  /** `undefined` where the tenant has none of that id. */
  find(key: ScenarioKey): Promise<Scenario | undefined>;
  /** How it recommends: a scenario without a row uses a template as soon as it has items; `undefined` while it has none. */
  configOf(key: ScenarioKey): Promise<ScenarioConfig | undefined>;
  /** Those that have a scenario, by their names; so many at most. */
  tenants(most: number): Promise<readonly string[]>;
  list(tenant: string, type: ScenarioType | undefined, paging: Paging): Promise<Page<Scenario>>;
  /** `undefined` where there is one of that id. */
  add(key: ScenarioKey, scenario: NewScenario): Promise<Scenario | undefined>;
  change(key: ScenarioKey, change: ScenarioChange): Promise<Scenario | undefined>;
  /** Its items and behaviour stay, for who makes it again. */
  remove(key: ScenarioKey): Promise<boolean>;
}

const columns = sql`scenario_id, name, type, config, state, created_at, updated_at`;

/** In recommender.scenarios. */
export function scenarioBook<T>({ query }: Pick<Database<T>, 'query'>): ScenarioBook {
  return {
    async find({ tenant, scenario }) {
      const { rows } = await sql<Scenario>`
        SELECT ${columns} FROM recommender.scenarios
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}`.execute(query);
      return rows[0];
    },
    configOf: (key) => configOf(query, key),
    tenants: (most) => tenantsOf(query, most),
    list: (tenant, type, paging) =>
      pagedListing<Scenario>(
        query,
        {
          select: columns,
          from: sql`recommender.scenarios`,
          where: [sql`tenant_id = ${tenant}`, ...(type ? [sql`type = ${type}`] : [])],
          order: sql`created_at DESC, scenario_id`,
        },
        paging,
      ),
    async add({ tenant, scenario }, { name, type, config, author }) {
      const { rows } = await sql<Scenario>`
        INSERT INTO recommender.scenarios (tenant_id, scenario_id, name, type, config, author)
        VALUES (${tenant}, ${scenario}, ${name}, ${type}, ${JSON.stringify(config)}::jsonb, ${author})
        ON CONFLICT (tenant_id, scenario_id) DO NOTHING
        RETURNING ${columns}`.execute(query);
      return rows[0];
    },
    change: (key, change) => changeScenario(query, key, change),
    remove: (key) => removeScenario(query, key),
  };
}

type Query<T> = Database<T>['query'];

async function tenantsOf<T>(query: Query<T>, most: number): Promise<readonly string[]> {
  const { rows } = await sql<{ tenant_id: string }>`
    SELECT DISTINCT tenant_id FROM recommender.scenarios ORDER BY 1 LIMIT ${most}`.execute(query);
  return rows.map(({ tenant_id }) => tenant_id);
}

async function configOf<T>(query: Query<T>, { tenant, scenario }: ScenarioKey): Promise<ScenarioConfig | undefined> {
  const { rows } = await sql<{ config: ScenarioConfig | null; state: string | null; has_items: boolean }>`
    SELECT config, state, EXISTS (
        SELECT FROM recommender.items
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND status = 'active') AS has_items
    FROM (VALUES (1)) AS one
    LEFT JOIN recommender.scenarios ON tenant_id = ${tenant} AND scenario_id = ${scenario}`.execute(query);
  const [row] = rows;
  if (row?.config) return row.state === 'active' ? row.config : undefined;
  return row?.has_items ? templateOf('custom') : undefined;
}

async function removeScenario<T>(query: Query<T>, { tenant, scenario }: ScenarioKey): Promise<boolean> {
  const { rows } = await sql`
    WITH forgotten AS (
      DELETE FROM recommender.kept_behavior WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}
    )
    DELETE FROM recommender.scenarios
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} RETURNING 1`.execute(query);
  return rows.length > 0;
}

async function changeScenario<T>(
  query: Query<T>,
  { tenant, scenario }: ScenarioKey,
  { name, type, config, state }: ScenarioChange,
): Promise<Scenario | undefined> {
  const { rows } = await sql<Scenario>`
    UPDATE recommender.scenarios
    SET name = coalesce(${name ?? null}, name), type = coalesce(${type ?? null}, type),
      config = coalesce(${config ? JSON.stringify(config) : null}::jsonb, config),
      state = coalesce(${state ?? null}, state), updated_at = now()
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}
    RETURNING ${columns}`.execute(query);
  return rows[0];
}
