import { type RawBuilder, sql } from 'kysely';
import { copyUpsert, type UpsertCounts } from '#adapters/database/copy-upsert.ts';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database, Session } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import type { Clock } from '#kit/clock.ts';
import { countStream } from '#record/stream-counts.ts';
import { vectorsQueue } from '../vectors/vectors-queue.ts';
import type { SentItem } from './item-message.ts';
import { type ArrivedItem, itemRow, itemTarget } from './item-row.ts';
import type { ItemFilter, ItemKey, ItemPorts, ItemScenario, ShownItem } from './ports.ts';

const shown = sql`item_id, scenario_id, metadata, status, created_at, updated_at`;

const isKey = ({ tenant_id, scenario_id, item_id }: ItemKey) =>
  sql`tenant_id = ${tenant_id} AND scenario_id = ${scenario_id} AND item_id = ${item_id}`;

/** Items known from behaviour alone, and removed ones, don't count. */
const isThere = sql`deleted_at IS NULL AND content_hash IS NOT NULL`;

/** Items as people look at them and change them. */
export function itemView(
  database: Database<unknown>,
  { vectorsUrl, clock }: { readonly vectorsUrl: string; readonly clock: Clock },
): ItemPorts['items'] {
  const { query, transaction } = database;
  const wake = vectorsQueue(vectorsUrl);
  const put = <T>(session: Session<T>, scenario: ItemScenario, items: readonly SentItem[]) =>
    // A caller sees its change at once: it counts as newer than any message before.
    upsertItems(
      session,
      items.map((item, offset) => ({ ...scenario, item, at: clock(), offset })),
    );
  return {
    find: async (key) => {
      const { rows } = await sql<ShownItem>`
        SELECT ${shown} FROM recommender.items WHERE ${isKey(key)} AND ${isThere}`.execute(query);
      return rows[0];
    },
    list: (filter, paging) => list(database, filter, paging),
    async create(scenario, item) {
      const created = await transaction(async (session) => {
        if (await lockKnown(session, { ...scenario, item_id: item.item_id })) return false;
        await put(session, scenario, [item]);
        return true;
      });
      if (created) await wake([scenario]);
      return created;
    },
    async put(scenario, items) {
      await transaction((session) => put(session, scenario, items));
      await wake([scenario]);
    },
    remove: (key) => remove(database, key, clock()),
  };
}

function list({ query }: Database<unknown>, filter: ItemFilter, paging: Paging): Promise<Page<ShownItem>> {
  const listing = {
    select: shown,
    from: sql`recommender.items`,
    where: conditions(filter),
    order: sql`updated_at DESC, item_id`,
  };
  return pagedListing<ShownItem>(query, listing, paging);
}

/** Of two who make the same item, the second waits for the first. */
async function lockKnown<T>({ query }: Session<T>, key: ItemKey): Promise<boolean> {
  const name = JSON.stringify([key.tenant_id, key.scenario_id, key.item_id]);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 80))`.execute(query);
  const { rows } = await sql`SELECT FROM recommender.items WHERE ${isKey(key)} AND ${isThere} FOR UPDATE`.execute(
    query,
  );
  return rows.length > 0;
}

/** The row stays, so that no older message brings it back; its content, vector and neighbours go. */
async function remove({ transaction }: Database<unknown>, key: ItemKey, now: Date): Promise<boolean> {
  const { tenant_id, scenario_id, item_id } = key;
  return transaction(async ({ query }) => {
    const { rows } = await sql`
      UPDATE recommender.items SET status = 'inactive', metadata = '{}', title = NULL, description = NULL,
        category = NULL, author = NULL, tags = '{}', publish_time = NULL, embedding = NULL, content_hash = NULL,
        embedded_hash = NULL, deleted_at = ${now.toISOString()}, updated_at = ${now.toISOString()},
        message_time = greatest(message_time, ${now.toISOString()}::timestamptz)
      WHERE ${isKey(key)} AND ${isThere} RETURNING 1`.execute(query);
    if (rows.length === 0) return false;
    await sql`DELETE FROM recommender.item_vectors WHERE ${isKey(key)}`.execute(query);
    await sql`
      DELETE FROM recommender.neighbors
      WHERE tenant_id = ${tenant_id} AND scenario_id = ${scenario_id}
        AND (item_id = ${item_id} OR other_id = ${item_id})`.execute(query);
    return true;
  });
}

function conditions({
  tenant_id,
  scenario_id,
  status,
  category,
  tag,
  text,
}: ItemFilter): readonly RawBuilder<unknown>[] {
  // A sign of the pattern stands for itself.
  const pattern = `%${(text ?? '').replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return [
    sql`tenant_id = ${tenant_id}`,
    sql`scenario_id = ${scenario_id}`,
    isThere,
    ...(status === undefined ? [] : [sql`status = ${status}`]),
    ...(category === undefined ? [] : [sql`category = ${category}`]),
    ...(tag === undefined ? [] : [sql`${tag} = ANY (tags)`]),
    ...(text === undefined
      ? []
      : [sql`(concat_ws(E'\n', title, description, author, array_to_string(tags, E'\n')) ILIKE ${pattern})`]),
  ];
}

/** Brings items in: newer content replaces older, and the same message again changes nothing. */
export function upsertItems<T>(session: Session<T>, items: readonly ArrivedItem[]): Promise<UpsertCounts> {
  return copyUpsert(session, itemTarget, [items.map(itemRow)]);
}

/** Stores what came by the topics of items, and counts it in the same transaction. */
export function storeArrived({ transaction }: Pick<Database<unknown>, 'transaction'>) {
  return (items: readonly ArrivedItem[]): Promise<UpsertCounts> =>
    transaction(async (session) => {
      const counts = await upsertItems(session, items);
      await countStream(session.query, {
        workload: 'recommender',
        source: 'ingest-items',
        out: counts.inserted + counts.updated,
        filtered: counts.unchanged + counts.repeated,
      });
      return counts;
    });
}
