import { type RawBuilder, sql } from 'kysely';
import { copyUpsert } from '#adapters/database/copy-upsert.ts';
import { keptPlan } from '#adapters/database/postgres-connection.ts';
import type { Database, Session } from '#adapters/database.ts';
import { holdErasures } from '../erasure/tombstone-store.ts';
import type { Recommended } from '../ranking/candidate.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';

/** A list that a schedule has made for a user. */
export interface MadeList {
  readonly user: string;
  readonly items: readonly Recommended[];
  readonly model_id: string | undefined;
  readonly history_at: Date | undefined;
}

/** Lists made beforehand. */
export interface ListBook {
  /** `undefined` where there is none that is still good: it has expired, or the user did something since. */
  fresh(key: ScenarioKey, user: string, now: Date): Promise<Omit<MadeList, 'user'> | undefined>;
  keep(
    key: ScenarioKey,
    lists: readonly MadeList[],
    times: { readonly made: Date; readonly expires: Date },
  ): Promise<number>;
  /** Users who did something since, in order of their names; `after` is the last of the page before. */
  active(
    key: ScenarioKey,
    page: { readonly since: Date; readonly after: string; readonly count: number },
  ): Promise<readonly string[]>;
}

const target = {
  table: 'recommender.recommendations',
  columns: ['tenant_id', 'scenario_id', 'user_id', 'items', 'model_id', 'history_at', 'made_at', 'expires_at'],
  key: ['tenant_id', 'scenario_id', 'user_id'],
  newer: ['made_at'],
} as const;

/** In recommender.recommendations. */
export function listBook<T>({ query, transaction }: Pick<Database<T>, 'query' | 'transaction'>): ListBook {
  return {
    async fresh(key, user, now) {
      const { rows } = await freshList(key, user, now).execute(query);
      const [row] = rows;
      return row && { items: row.items, model_id: row.model_id ?? undefined, history_at: row.history_at ?? undefined };
    },
    keep: ({ tenant, scenario }, lists, { made, expires }) =>
      transaction(async (session) => {
        // A user who was erased since the page was read is not written again.
        await holdErasures(session);
        const known = await stillThere(session, { tenant, scenario }, lists);
        const rows = known.map(({ user, items, model_id, history_at }) => [
          tenant,
          scenario,
          user,
          JSON.stringify(items),
          model_id ?? null,
          history_at?.toISOString() ?? null,
          made.toISOString(),
          expires.toISOString(),
        ]);
        const { inserted, updated } = await copyUpsert(session, target, [rows]);
        return inserted + updated;
      }),
    async active({ tenant, scenario }, { since, after, count }) {
      const { rows } = await sql<{ user_id: string }>`
        SELECT DISTINCT user_id FROM recommender.behaviors
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND user_id > ${after} AND at >= ${since}
          AND day >= ${since}::timestamptz::date
        ORDER BY user_id LIMIT ${count}`.execute(query);
      return rows.map(({ user_id }) => user_id);
    },
  };
}

function freshList({ tenant, scenario }: ScenarioKey, user: string, now: Date): RawBuilder<Row> {
  return sql`${sql.raw(keptPlan)}
    SELECT items, model_id, history_at FROM recommender.recommendations AS made
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND user_id = ${user} AND expires_at > ${now}
      AND NOT EXISTS (
        SELECT FROM recommender.behaviors AS done
        WHERE done.tenant_id = ${tenant} AND done.scenario_id = ${scenario} AND done.user_id = ${user}
          AND done.action <> 'impression'
          -- Not by the time of the event alone: one that comes late is news as well.
          AND (done.at > made.history_at OR made.history_at IS NULL OR done.received_at > made.made_at))`;
}

/** Those of whom there is still behaviour. */
async function stillThere<T>({ query }: Session<T>, { tenant, scenario }: ScenarioKey, lists: readonly MadeList[]) {
  const { rows } = await sql<{ user_id: string }>`
    SELECT user_id FROM json_array_elements_text(${JSON.stringify(lists.map(({ user }) => user))}::json) AS named (user_id)
    WHERE EXISTS (
      SELECT FROM recommender.behaviors AS done
      WHERE done.tenant_id = ${tenant} AND done.scenario_id = ${scenario} AND done.user_id = named.user_id)`.execute(
    query,
  );
  const there = new Set(rows.map(({ user_id }) => user_id));
  return lists.filter(({ user }) => there.has(user));
}

interface Row {
  readonly items: readonly Recommended[];
  readonly model_id: string | null;
  readonly history_at: Date | null;
}
