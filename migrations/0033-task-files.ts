import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Files of callers: what was announced, how far its upload and the check of its content are, and until when it stays. */
export const taskFiles: Migration = {
  async up(db) {
    await sql`CREATE SCHEMA IF NOT EXISTS tasks`.execute(db);
    await sql`
      CREATE TABLE tasks.files (
        id uuid PRIMARY KEY,
        username text NOT NULL,
        name text NOT NULL,
        content_type text NOT NULL,
        size bigint NOT NULL CHECK (size >= 0),
        -- Hexadecimal, as the caller promised it.
        sha256 text COLLATE "C",
        state text COLLATE "C" NOT NULL DEFAULT 'uploading'
          CHECK (state IN ('uploading', 'verifying', 'ready', 'refused', 'expired')),
        -- Why it was refused, or expired.
        reason text,
        -- Of an upload in parts.
        upload_id text,
        part_bytes bigint,
        -- How far the content was read for its hash, and the hash's state there.
        verified_bytes bigint NOT NULL DEFAULT 0,
        hash_state bytea,
        created_at timestamptz NOT NULL,
        completed_at timestamptz,
        -- An upload that isn't complete by then is given up, and a file is removed.
        expires_at timestamptz NOT NULL,
        CONSTRAINT files_in_parts CHECK ((upload_id IS NULL) = (part_bytes IS NULL))
      )`.execute(db);
    await sql`CREATE INDEX files_to_expire ON tasks.files (expires_at) WHERE state IN ('uploading', 'verifying', 'ready')`.execute(
      db,
    );
    await sql`GRANT USAGE ON SCHEMA tasks TO millrace_app`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON tasks.files TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
