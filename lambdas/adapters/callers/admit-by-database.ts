import { sql } from 'kysely';
import type { Admit } from '#kit/api/authentication/authenticate.ts';
import { mostFailures, waitSeconds } from '#kit/api/authentication/failed-attempts.ts';
import type { Limit } from '#kit/api/authentication/token-buckets.ts';
import type { Database } from '../database.ts';

interface Row {
  readonly must_wait: boolean;
  readonly admitted: boolean;
}

/**
 * Counts in one statement, unless the caller's pair has to wait after wrong passwords: a token bucket per credential,
 * refilled by the time that passed.
 */
export function admitByDatabase(database: Pick<Database<unknown>, 'query'>, { perSecond, burst }: Limit): Admit {
  return async ({ credential, pair }) => {
    const left = sql`least(${burst}::float8, r.tokens +
      greatest(0, extract(epoch FROM now() - r.refilled_at)) * ${perSecond}::float8)`;
    const { rows } = await sql<Row>`
      WITH waiting AS (
        SELECT FROM platform.failed_attempts WHERE pair = decode(${pair ?? null}, 'hex')
          AND failures >= ${mostFailures}::int AND last_at > now() - make_interval(secs => ${waitSeconds})
      ), counted AS (
        INSERT INTO platform.caller_rates AS r (credential, tokens, refilled_at)
        SELECT ${credential}, ${burst}::float8 - 1, now() WHERE NOT EXISTS (SELECT FROM waiting)
        ON CONFLICT (credential) DO UPDATE
          SET tokens = ${left} - 1, refilled_at = greatest(r.refilled_at, now())
          WHERE ${left} >= 1
        RETURNING credential
      )
      SELECT EXISTS (SELECT FROM waiting) AS must_wait, EXISTS (SELECT FROM counted) AS admitted
    `.execute(database.query);
    const [row] = rows;
    if (row?.must_wait) return 'must wait';
    return row?.admitted ? 'admitted' : 'too many';
  };
}
