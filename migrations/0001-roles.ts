import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * The role the functions sign in as. It owns nothing and may not change tables. On Aurora it signs in by IAM token,
 * which the role rds_iam allows; elsewhere there is no such role. Loads stage their rows in temporary tables.
 */
export const roles: Migration = {
  async up(db) {
    await sql`
      DO $$
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_app') THEN
          CREATE ROLE millrace_app LOGIN;
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
          GRANT rds_iam TO millrace_app;
        END IF;
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO millrace_app', current_database());
      END
      $$`.execute(db);
  },
  down: forwardOnly,
};
