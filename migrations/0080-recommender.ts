import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * Items, behaviour and what was recommended, of several tenants: every key begins with the tenant. Behaviour and answers
 * are kept by days, whose partitions the application has made and dropped by functions: it owns no table. Identifiers are
 * bounded by the contract, so that four of them fit into an index.
 */
export const recommender: Migration = {
  async up(db) {
    await sql`CREATE SCHEMA recommender`.execute(db);
    await sql`
      CREATE TABLE recommender.scenarios (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        name text NOT NULL,
        type text COLLATE "C" NOT NULL,
        config jsonb NOT NULL DEFAULT '{}',
        state text COLLATE "C" NOT NULL DEFAULT 'active',
        author text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, scenario_id)
      )`.execute(db);
    await sql`
      CREATE TABLE recommender.items (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        item_id text COLLATE "C" NOT NULL,
        -- All that came; the columns after it are what of it is used.
        metadata jsonb NOT NULL DEFAULT '{}',
        title text,
        description text,
        category text COLLATE "C",
        author text COLLATE "C",
        tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
        publish_time timestamptz,
        view_count bigint,
        like_count bigint,
        completion_rate double precision,
        status text COLLATE "C" NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive')),
        -- Of metadata; nothing while an item that was only seen in behaviour waits for its content.
        content_hash text COLLATE "C",
        -- Of the message that brought it: newer replaces older.
        message_time timestamptz NOT NULL,
        message_offset bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL,
        -- Removed by somebody: the row stays, so that no older message brings it back.
        deleted_at timestamptz,
        PRIMARY KEY (tenant_id, scenario_id, item_id)
      )`.execute(db);
    await sql`
      CREATE INDEX items_newest ON recommender.items (tenant_id, scenario_id, publish_time DESC NULLS LAST)
        WHERE status = 'active'`.execute(db);
    await sql`
      CREATE TABLE recommender.behaviors (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        item_id text COLLATE "C" NOT NULL,
        action text COLLATE "C" NOT NULL,
        at timestamptz NOT NULL,
        -- Of "at", in UTC.
        day date NOT NULL,
        event_id text COLLATE "C" NOT NULL,
        -- An impression of several items is a row for each.
        part smallint NOT NULL DEFAULT 0,
        -- Of the answer that led to it.
        request_id uuid,
        strategy text COLLATE "C",
        slot integer,
        model_id uuid,
        experiment_id text COLLATE "C",
        experiment_group text COLLATE "C",
        session_id text COLLATE "C",
        device text COLLATE "C",
        os text,
        location text,
        extra jsonb,
        duration double precision,
        completion_rate double precision,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, event_id, part, day)
      ) PARTITION BY RANGE (day)`.execute(db);
    await sql`CREATE INDEX behaviors_of_user ON recommender.behaviors (tenant_id, scenario_id, user_id, at)`.execute(
      db,
    );
    await sql`CREATE INDEX behaviors_of_item ON recommender.behaviors (tenant_id, scenario_id, item_id, at)`.execute(
      db,
    );
    await sql`CREATE INDEX behaviors_received ON recommender.behaviors (received_at)`.execute(db);
    await sql`
      -- Came more than a week after they happened: kept, and part of no figure.
      CREATE TABLE recommender.late_behaviors (
        LIKE recommender.behaviors INCLUDING DEFAULTS,
        PRIMARY KEY (tenant_id, event_id, part)
      )`.execute(db);
    await sql`
      CREATE TABLE recommender.answers (
        tenant_id text COLLATE "C" NOT NULL,
        request_id uuid NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        asked_at timestamptz NOT NULL,
        -- Of "asked_at", in UTC.
        day date NOT NULL,
        model_id uuid,
        experiment_id text COLLATE "C",
        experiment_group text COLLATE "C",
        -- [{item_id, score, strategy, slot, reason}]
        items jsonb NOT NULL,
        context jsonb NOT NULL DEFAULT '{}',
        PRIMARY KEY (tenant_id, request_id, day)
      ) PARTITION BY RANGE (day)`.execute(db);
    await sql`CREATE INDEX answers_of_user ON recommender.answers (tenant_id, scenario_id, user_id, asked_at)`.execute(
      db,
    );
    await sql`
      CREATE TABLE recommender.users (
        tenant_id text COLLATE "C" NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, user_id)
      )`.execute(db);
    await sql`
      -- Of whoever was erased nothing stands here but a keyed hash.
      CREATE TABLE recommender.erased_users (
        tenant_id text COLLATE "C" NOT NULL,
        user_hash text COLLATE "C" NOT NULL,
        erased_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, user_hash)
      )`.execute(db);
    await sql`
      CREATE TABLE recommender.item_vectors (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        item_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL CHECK (kind IN ('text', 'factors')),
        model_id uuid,
        -- Of length 1.
        vector real[] NOT NULL,
        content_hash text COLLATE "C",
        made_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, scenario_id, item_id, kind)
      )`.execute(db);
    await sql`
      -- The items whose texts are nearest: there before anybody has acted on an item.
      CREATE TABLE recommender.neighbors (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        item_id text COLLATE "C" NOT NULL,
        other_id text COLLATE "C" NOT NULL,
        score double precision NOT NULL,
        computed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, scenario_id, item_id, other_id)
      )`.execute(db);
    await daysOf(db);
    await sql`GRANT USAGE ON SCHEMA recommender TO millrace_app`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA recommender TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};

/** The application makes and drops partitions of days, of these two tables alone. */
async function daysOf(db: Parameters<Migration['up']>[0]): Promise<void> {
  await sql`
    CREATE FUNCTION recommender.make_day(kept text, of_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      part text := kept || '_' || to_char(of_day, 'YYYYMMDD');
    BEGIN
      IF kept NOT IN ('behaviors', 'answers') THEN
        RAISE EXCEPTION 'No table of days: %', kept;
      END IF;
      IF to_regclass('recommender.' || part) IS NOT NULL THEN
        RETURN;
      END IF;
      -- Two that make the same day wait for one another.
      PERFORM pg_advisory_xact_lock(hashtextextended('recommender.' || part, 0));
      IF to_regclass('recommender.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE recommender.%I (LIKE recommender.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
          part, kept);
        -- Unlike a partition that is created in its place, one that is attached lets readers and writers go on.
        EXECUTE format('ALTER TABLE recommender.%I ATTACH PARTITION recommender.%I FOR VALUES FROM (%L) TO (%L)',
          kept, part, of_day, of_day + 1);
      END IF;
    END
    $$`.execute(db);
  await sql`
    CREATE FUNCTION recommender.drop_day(kept text, of_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF kept NOT IN ('behaviors', 'answers') THEN
        RAISE EXCEPTION 'No table of days: %', kept;
      END IF;
      EXECUTE format('DROP TABLE IF EXISTS recommender.%I', kept || '_' || to_char(of_day, 'YYYYMMDD'));
    END
    $$`.execute(db);
  await sql`
    -- The days that there are, oldest first.
    CREATE FUNCTION recommender.days_of(kept text) RETURNS SETOF date
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
      SELECT to_date(right(c.relname, 8), 'YYYYMMDD')
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = to_regclass('recommender.' || kept)
      ORDER BY 1
    $$`.execute(db);
  await sql`REVOKE ALL ON FUNCTION recommender.make_day, recommender.drop_day FROM PUBLIC`.execute(db);
  await sql`GRANT EXECUTE ON FUNCTION recommender.make_day, recommender.drop_day TO millrace_app`.execute(db);
}
