import { sql } from 'kysely';
import {
  attemptsInMemory,
  type FailedAttempt,
  type FailedAttempts,
  mostFailures,
  shareOf,
  waitSeconds,
} from '#kit/api/authentication/failed-attempts.ts';
import { UnavailableError } from '#kit/errors.ts';
import { asError, logger } from '#kit/telemetry.ts';
import type { Database } from '../database.ts';

export interface CountingPlace {
  readonly database: Pick<Database<unknown>, 'query' | 'isConnected'>;
  /** Whether it goes to sleep: then a wrong password must not be what wakes it. */
  readonly pauses: boolean;
  /** How many instances of this function there can be, each of which counts alone while the database sleeps. */
  readonly instances: number;
}

interface Row {
  readonly counted: boolean;
  readonly left: number | null;
}

/**
 * Counts wrong passwords of known users where all functions see them, one row's lock at a time, so that
 * parallel guesses are as many as one after the other. What is not counted there is counted in this instance: unknown
 * names (whole, as they can't be guessed right), and all while the database sleeps, is away or refuses us (its share).
 */
export function attemptsInDatabase({ database, pauses, instances }: CountingPlace): FailedAttempts {
  const alone = attemptsInMemory(shareOf(instances));
  const ofNobody = attemptsInMemory(mostFailures);
  // Who was told to wait is not read again meanwhile; only as many as fail can be here.
  const told = attemptsInMemory(1);

  async function counted(attempt: FailedAttempt, now: Date): Promise<number | undefined> {
    const row = await countIn(database, attempt);
    if (!attempt.isKnown) return ofNobody.count(attempt, now);
    if (row.counted) return undefined;
    await told.count({ ...attempt, isKnown: true }, new Date(now.getTime() - (waitSeconds - secondsOf(row)) * 1000));
    return secondsOf(row);
  }

  return {
    waiting: (pair, now) => told.waiting(pair, now) ?? alone.waiting(pair, now) ?? ofNobody.waiting(pair, now),
    async count(attempt, now) {
      if (pauses && !database.isConnected()) return alone.count(attempt, now);
      try {
        return await counted(attempt, now);
      } catch (error) {
        // A password that is wrong stays wrong, also where the server itself refuses us: the fault is told, not answered.
        const told = 'A wrong password is counted by this instance alone';
        if (error instanceof UnavailableError) logger().warn(`${told}: the database is away`, error);
        else logger().error(`${told}: the database does not count it`, asError(error));
        return alone.count(attempt, now);
      }
    },
  };
}

/** Also asked about unknown names, without a trace, so that the time doesn't tell which they are. */
async function countIn({ query }: Pick<Database<unknown>, 'query'>, { pair, isKnown }: FailedAttempt): Promise<Row> {
  const wait = sql`make_interval(secs => ${waitSeconds})`;
  const { rows } = await sql<Row>`
    WITH forgotten AS (
      DELETE FROM platform.failed_attempts WHERE pair IN (
        SELECT pair FROM platform.failed_attempts
        WHERE last_at <= now() - ${wait} AND pair <> decode(${pair}, 'hex')
        ORDER BY last_at LIMIT 4 FOR UPDATE SKIP LOCKED)
    ), counted AS (
      INSERT INTO platform.failed_attempts AS f (pair, failures, last_at)
      SELECT decode(${pair}, 'hex'), 1, now() WHERE ${isKnown}::bool
      ON CONFLICT (pair) DO UPDATE
        SET failures = CASE WHEN f.last_at <= now() - ${wait} THEN 1 ELSE f.failures + 1 END,
          last_at = greatest(f.last_at, now())
        WHERE f.failures < ${mostFailures}::int OR f.last_at <= now() - ${wait}
      RETURNING pair
    )
    SELECT EXISTS (SELECT FROM counted) AS counted,
      (SELECT extract(epoch FROM last_at + ${wait} - now())::float8 FROM platform.failed_attempts
        WHERE pair = decode(${pair}, 'hex')) AS left
  `.execute(query);
  const [row] = rows;
  if (!row) throw new Error('Counting a wrong password returned no row');
  return row;
}

/** The statement sees the row as it was when it began: another guess may have been the last since. */
function secondsOf({ left }: Row): number {
  return Math.min(waitSeconds, Math.max(1, Math.ceil(left ?? waitSeconds)));
}
