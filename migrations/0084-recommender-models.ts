import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Every model that was trained, with what it was made of and how good it was; its weights are an object. */
export const recommenderModels: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE recommender.models (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        model_id uuid NOT NULL,
        kind text COLLATE "C" NOT NULL,
        parameters jsonb NOT NULL,
        -- Of the model, and of the one that it had to beat, on the same slice.
        metrics jsonb NOT NULL,
        data_window jsonb NOT NULL,
        counts jsonb NOT NULL,
        -- Why this kind, and why it is online or not, for people.
        chosen_because text NOT NULL,
        object_key text COLLATE "C" NOT NULL,
        state text COLLATE "C" NOT NULL CHECK (state IN ('candidate', 'online', 'retired')),
        created_at timestamptz NOT NULL,
        promoted_at timestamptz,
        PRIMARY KEY (tenant_id, scenario_id, model_id)
      )`.execute(db);
    await sql`
      -- A scenario has one model online at most, whoever promotes at the same time.
      CREATE UNIQUE INDEX models_online ON recommender.models (tenant_id, scenario_id) WHERE state = 'online'`.execute(
      db,
    );
    await sql`
      CREATE INDEX models_by_id ON recommender.models (tenant_id, model_id)`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON recommender.models TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
