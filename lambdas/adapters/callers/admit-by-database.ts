import { sql } from 'kysely';
import type { Admit } from '#kit/api/authentication/authenticate.ts';
import type { Limit } from '#kit/api/authentication/token-buckets.ts';
import type { Database } from '../database.ts';

/** Counts in one statement: a token bucket per credential, refilled by the time that passed. */
export function admitByDatabase(database: Pick<Database<unknown>, 'query'>, { perSecond, burst }: Limit): Admit {
  return async ({ credential }) => {
    const left = sql`least(${burst}::float8, r.tokens +
      greatest(0, extract(epoch FROM now() - r.refilled_at)) * ${perSecond}::float8)`;
    const { rows } = await sql`
      INSERT INTO platform.caller_rates AS r (credential, tokens, refilled_at)
      VALUES (${credential}, ${burst}::float8 - 1, now())
      ON CONFLICT (credential) DO UPDATE
        SET tokens = ${left} - 1, refilled_at = greatest(r.refilled_at, now())
        WHERE ${left} >= 1
      RETURNING credential`.execute(database.query);
    return rows.length > 0 ? 'admitted' : 'too many';
  };
}
