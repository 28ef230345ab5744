import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { behaviorStore } from '../behavior/behavior-store.ts';
import type { BehaviorRow } from '../behavior/rows.ts';
import type { SentItem } from '../items/item-message.ts';
import { upsertItems } from '../items/item-view-store.ts';
import type { ImportedScenario } from './read-ratings.ts';

/** What became of an import: lines = stored + repeated + of erased users. */
export interface Imported {
  readonly items: { readonly in: number; readonly inserted: number; readonly updated: number };
  readonly behavior: {
    readonly in: number;
    readonly stored: number;
    readonly repeated: number;
    readonly erased: number;
  };
  readonly days: number;
  readonly scenario: 'there' | 'not made yet';
}

export interface ImportWanted extends ImportedScenario {
  readonly items: readonly SentItem[];
  readonly rows: readonly BehaviorRow[];
  /** Of the items' file: content that came later is newer. */
  readonly itemsAt: Date;
  /** The key of the hashes by which erased users are known; needed once a user was erased. */
  readonly erasureKey?: (() => Promise<string>) | undefined;
}

// A transaction of some seconds, whose rows lie in few days, for they come in their order in time.
const batchRows = 10_000;

/**
 * Stores items, then behaviour of whatever age into its days: what comes through Kafka that late is kept apart and counted
 * in nothing. A batch is a transaction; one that was cut off is finished by running it again.
 */
export async function importInto(database: Database<unknown>, wanted: ImportWanted): Promise<Imported> {
  const { tenant_id, scenario_id, items, itemsAt, rows } = wanted;
  const arrived = items.map((item, offset) => ({ tenant_id, scenario_id, item, at: itemsAt, offset }));
  const upserted = await database.transaction((session) => upsertItems(session, arrived));
  const store = behaviorStore(database, wanted.erasureKey ?? (() => keyWhereNobodyWasErased(database, tenant_id)));
  const behavior = { in: rows.length, stored: 0, repeated: 0, erased: 0 };
  for (let from = 0; from < rows.length; from += batchRows) {
    const counts = await store({ timely: rows.slice(from, from + batchRows), late: [] });
    behavior.stored += counts.stored;
    behavior.repeated += counts.repeated;
    behavior.erased += counts.erased;
  }
  return {
    items: { in: upserted.in, inserted: upserted.inserted, updated: upserted.updated },
    behavior,
    days: new Set(rows.map(({ day }) => day)).size,
    scenario: (await isThere(database, wanted)) ? 'there' : 'not made yet',
  };
}

/** Without erased users any key will do. */
async function keyWhereNobodyWasErased({ query }: Database<unknown>, tenant: string): Promise<string> {
  const { rows } = await sql`SELECT FROM recommender.erased_users WHERE tenant_id = ${tenant} LIMIT 1`.execute(query);
  if (rows.length === 0) return 'nobody';
  throw new Error(
    'Users of this tenant were erased: RECOMMENDER_ERASURE_KEY must hold the key of their hashes, so that none of them comes back',
  );
}

async function isThere({ query }: Database<unknown>, { tenant_id, scenario_id }: ImportedScenario): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM recommender.scenarios WHERE tenant_id = ${tenant_id} AND scenario_id = ${scenario_id}`.execute(query);
  return rows.length > 0;
}
