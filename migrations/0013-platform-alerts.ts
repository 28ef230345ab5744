import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * What people are told: alerts that are no failures, and the mails that tell of both. A mail's row is the outbox of its
 * workload: written with the claim, handed over afterwards. One a minute and workload, whoever composes it.
 */
export const platformAlerts: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE platform.alert_mails (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        workload text COLLATE "C" NOT NULL,
        minute timestamptz NOT NULL CHECK (minute = date_trunc('minute', minute, 'UTC')),
        claimed_at timestamptz NOT NULL,
        -- The message for the queue of mails; null within the claim's own transaction only.
        mail json,
        handed_over_at timestamptz,
        CONSTRAINT alert_mails_one_a_minute UNIQUE (workload, minute)
      )`.execute(db);
    await sql`
      CREATE INDEX alert_mails_outbox ON platform.alert_mails (id) WHERE handed_over_at IS NULL`.execute(db);
    await sql`
      CREATE TABLE platform.alerts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        natural_key text COLLATE "C" NOT NULL,
        workload text COLLATE "C" NOT NULL,
        severity text COLLATE "C" NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
        name text COLLATE "C" NOT NULL,
        message text NOT NULL,
        raised_at timestamptz NOT NULL DEFAULT now(),
        told_in bigint REFERENCES platform.alert_mails (id),
        CONSTRAINT alerts_natural_key UNIQUE (natural_key)
      )`.execute(db);
    await sql`CREATE INDEX alerts_untold ON platform.alerts (workload) WHERE told_in IS NULL`.execute(db);
    // No index on told_in itself: a claim of 100,000 rows would pay for it, and it is read by nobody in a hurry.
    await sql`ALTER TABLE platform.failures ADD COLUMN told_in bigint REFERENCES platform.alert_mails (id)`.execute(db);
    await sql`
      CREATE INDEX failures_untold ON platform.failures (workload, source_name) WHERE told_in IS NULL`.execute(db);
    await sql`
      GRANT SELECT, INSERT, UPDATE, DELETE ON platform.alerts, platform.alert_mails TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
