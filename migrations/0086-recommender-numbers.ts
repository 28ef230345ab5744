import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Experiments, who was part of them, and what each day adds up to. */
export const recommenderNumbers: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE recommender.experiments (
        tenant_id text COLLATE "C" NOT NULL,
        experiment_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        -- [{name, traffic, config}], whose shares add up to 100.
        variants jsonb NOT NULL,
        -- The least lift worth finding, as a part of the first variant's rate.
        least_lift double precision NOT NULL,
        state text COLLATE "C" NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'running', 'stopped')),
        author text NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        stopped_at timestamptz,
        PRIMARY KEY (tenant_id, experiment_id)
      )`.execute(db);
    await sql`
      -- Two at once would change the same answers, and neither could be told from the other.
      CREATE UNIQUE INDEX experiments_running ON recommender.experiments (tenant_id, scenario_id)
        WHERE state = 'running'`.execute(db);
    await sql`
      CREATE TABLE recommender.exposures (
        tenant_id text COLLATE "C" NOT NULL,
        experiment_id text COLLATE "C" NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        variant text COLLATE "C" NOT NULL,
        -- The first on which the user was shown something under the experiment.
        day date NOT NULL,
        PRIMARY KEY (tenant_id, experiment_id, user_id)
      )`.execute(db);
    await sql`CREATE INDEX exposures_of_user ON recommender.exposures (tenant_id, user_id)`.execute(db);
    await sql`
      -- What users did under an experiment, by days: of days whose behaviour has left the database, too.
      CREATE TABLE recommender.exposure_days (
        tenant_id text COLLATE "C" NOT NULL,
        experiment_id text COLLATE "C" NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        day date NOT NULL,
        impressions integer NOT NULL,
        clicks integer NOT NULL,
        PRIMARY KEY (tenant_id, experiment_id, user_id, day)
      )`.execute(db);
    await sql`CREATE INDEX exposure_days_of_user ON recommender.exposure_days (tenant_id, user_id)`.execute(db);
    await sql`
      CREATE TABLE recommender.daily_metrics (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        day date NOT NULL,
        -- '' is all of the day; of an experiment the value is "{experiment}:{group}".
        dimension text COLLATE "C" NOT NULL
          CHECK (dimension IN ('', 'strategy', 'model', 'experiment', 'slot', 'segment')),
        value text COLLATE "C" NOT NULL,
        impressions bigint NOT NULL,
        clicks bigint NOT NULL,
        conversions bigint NOT NULL,
        engagements bigint NOT NULL,
        items_shown bigint NOT NULL,
        active_users bigint NOT NULL,
        -- Active items of the scenario when it was computed: what coverage is a share of.
        active_items bigint NOT NULL,
        computed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, scenario_id, day, dimension, value)
      )`.execute(db);
    await sql`
      -- Behaviour of the scenario that was received before then is in the figures.
      CREATE TABLE recommender.metrics_progress (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        received_until timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, scenario_id)
      )`.execute(db);
    await sql`
      CREATE INDEX behaviors_of_experiment ON recommender.behaviors (tenant_id, experiment_id, day)
        WHERE experiment_id IS NOT NULL`.execute(db);
    await sql`
      CREATE INDEX answers_of_experiment ON recommender.answers (tenant_id, experiment_id, day)
        WHERE experiment_id IS NOT NULL`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA recommender TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
