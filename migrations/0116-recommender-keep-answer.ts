import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * An answer is kept in one question: each of the four that it took before waits for the network, and somebody waits for the
 * answer. The lock comes first, and what follows it sees all that was committed until then: a user is either erased before
 * the row is written, or the erasure finds it.
 */
export const recommenderKeepAnswer: Migration = {
  async up(db) {
    await sql`
      CREATE FUNCTION recommender.keep_answer(answer recommender.answers, user_hash text, erasures bigint) RETURNS void
      LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(erasures);
        -- Of an erased user an answer is nobody's: it is kept for its next page, and names no one.
        IF EXISTS (SELECT FROM recommender.erased_users AS e
          WHERE e.tenant_id = answer.tenant_id AND e.user_hash = keep_answer.user_hash)
        THEN
          answer.user_id := '';
          answer.experiment_id := NULL;
          answer.experiment_group := NULL;
        END IF;
        INSERT INTO recommender.answers SELECT answer.*;
      END
      $$`.execute(db);
    await sql`REVOKE ALL ON FUNCTION recommender.keep_answer FROM PUBLIC`.execute(db);
    await sql`GRANT EXECUTE ON FUNCTION recommender.keep_answer TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
