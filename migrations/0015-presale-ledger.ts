import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * What ties presale to the ledger and the alerts: the failure that a problem row stands under there, and the execution
 * that told of a new column. The index by date is of the deals that people are shown: those that are not withdrawn.
 */
export const presaleLedger: Migration = {
  async up(db) {
    await sql`ALTER TABLE presale.problems ADD COLUMN failure_key text COLLATE "C"`.execute(db);
    await sql`ALTER TABLE presale.headers ADD COLUMN alerted_at timestamptz, ADD COLUMN alerted_by text`.execute(db);
    await sql`DROP INDEX presale.deals_by_date`.execute(db);
    await sql`
      CREATE INDEX deals_by_date ON presale.deals (county, transaction_date, id) WHERE withdrawn_at IS NULL`.execute(
      db,
    );
  },
  down: forwardOnly,
};
