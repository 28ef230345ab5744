import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * What schedules compute and `/recommend` reads: neighbours, profiles, hot items, lists made beforehand. An item's
 * neighbours are one row, for a list is only ever read whole, and a hundred rows for each would be a million.
 */
export const recommenderServing: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE recommender.similar_items (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        item_id text COLLATE "C" NOT NULL,
        -- The most similar first; the three are of one length.
        others text[] COLLATE "C" NOT NULL,
        scores double precision[] NOT NULL,
        in_common integer[] NOT NULL,
        PRIMARY KEY (tenant_id, scenario_id, item_id)
      )`.execute(db);
    await sql`
      CREATE TABLE recommender.profiles (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        -- ProfileCounts: shares are made when they are read, so that scenarios can be added up.
        counts jsonb NOT NULL,
        segment text COLLATE "C" NOT NULL CHECK (segment IN ('high', 'medium', 'low')),
        last_at timestamptz NOT NULL,
        computed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, user_id, scenario_id)
      )`.execute(db);
    await sql`
      CREATE INDEX profiles_of_scenario ON recommender.profiles (tenant_id, scenario_id, last_at)`.execute(db);
    await sql`
      CREATE TABLE recommender.hot_items (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        -- '' is everybody; device:mobile, os:ios, location:... are those whose context says so.
        audience text COLLATE "C" NOT NULL,
        item_id text COLLATE "C" NOT NULL,
        score double precision NOT NULL,
        computed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, scenario_id, audience, item_id)
      )`.execute(db);
    await sql`
      CREATE TABLE recommender.recommendations (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        -- Recommended[], best first.
        items jsonb NOT NULL,
        model_id uuid,
        -- The user's newest action that it was made of; a list is not fresh once there is a newer one.
        history_at timestamptz,
        made_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, scenario_id, user_id)
      )`.execute(db);
    await sql`CREATE INDEX recommendations_expiry ON recommender.recommendations (expires_at)`.execute(db);
    await sql`CREATE INDEX items_tags ON recommender.items USING gin (tags) WHERE status = 'active'`.execute(db);
    await sql`
      CREATE INDEX items_category ON recommender.items (tenant_id, scenario_id, category, publish_time DESC NULLS LAST)
        WHERE status = 'active'`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA recommender TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
