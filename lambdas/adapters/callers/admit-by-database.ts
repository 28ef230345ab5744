import { sql } from 'kysely';
import type { Admit } from '#kit/api/authentication/authenticate.ts';
import { mostFailures, waitSeconds } from '#kit/api/authentication/failed-attempts.ts';
import type { Limit } from '#kit/api/authentication/token-buckets.ts';
import type { Database } from '../database.ts';

/** A password lives from 60 s before its timestamp to 60 s after it. */
const rememberedSeconds = 121;

interface Row {
  readonly must_wait: boolean;
  readonly admitted: boolean;
  readonly other_request: boolean;
}

/**
 * Counts and remembers in one statement, unless the caller's pair has to wait after wrong passwords: a token bucket per credential, refilled by the time that passed, and the first
 * request of each password. It also forgets a few that expired, more than it adds, so that nothing else has to.
 */
export function admitByDatabase(database: Pick<Database<unknown>, 'query'>, { perSecond, burst }: Limit): Admit {
  return async ({ credential, used, pair }) => {
    const left = sql`least(${burst}::float8, r.tokens +
      greatest(0, extract(epoch FROM now() - r.refilled_at)) * ${perSecond}::float8)`;
    const { rows } = await sql<Row>`
      WITH waiting AS (
        SELECT FROM platform.failed_attempts WHERE pair = decode(${pair ?? null}, 'hex')
          AND failures >= ${mostFailures}::int AND last_at > now() - make_interval(secs => ${waitSeconds})
      ), forgotten AS (
        DELETE FROM platform.used_passwords WHERE password IN (
          SELECT password FROM platform.used_passwords WHERE expires_at < now()
          ORDER BY expires_at LIMIT 4 FOR UPDATE SKIP LOCKED)
      ), counted AS (
        INSERT INTO platform.caller_rates AS r (credential, tokens, refilled_at)
        SELECT ${credential}, ${burst}::float8 - 1, now() WHERE NOT EXISTS (SELECT FROM waiting)
        ON CONFLICT (credential) DO UPDATE
          SET tokens = ${left} - 1, refilled_at = greatest(r.refilled_at, now())
          WHERE ${left} >= 1
        RETURNING credential
      ), remembered AS (
        INSERT INTO platform.used_passwords AS u (password, request, expires_at)
        SELECT decode(${used?.password ?? null}, 'hex'), decode(${used?.request ?? null}, 'hex'),
          now() + make_interval(secs => ${rememberedSeconds})
        WHERE ${used !== undefined}::bool AND NOT EXISTS (SELECT FROM waiting)
        ON CONFLICT (password) DO UPDATE SET expires_at = u.expires_at
        RETURNING request
      )
      SELECT EXISTS (SELECT FROM waiting) AS must_wait, EXISTS (SELECT FROM counted) AS admitted,
        EXISTS (SELECT FROM remembered WHERE request <> decode(${used?.request ?? null}, 'hex')) AS other_request
    `.execute(database.query);
    const [row] = rows;
    if (row?.must_wait) return 'must wait';
    if (!row?.admitted) return 'too many';
    return row.other_request ? 'other request' : 'admitted';
  };
}
