import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';

type Within<T> = Pick<Database<T>, 'query'>;

// An erasure comes either before rows are written, and they are refused, or after, and it finds them.
export const erasureLock = sql`hashtextextended('recommender.erasure', 0)`;

/** Holds erasures back until the transaction ends; a long transaction asks for this at its end. */
export async function holdErasures<T>({ query }: Within<T>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock_shared(${erasureLock})`.execute(query);
}

/** Holds back all writers of rows that name users until the transaction ends. */
export async function holdWriters<T>({ query }: Within<T>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${erasureLock})`.execute(query);
}

/** Which of these hashes are of users who were erased; none is erased until the transaction ends. */
export async function erasedAmong<T>(within: Within<T>, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  await holdErasures(within);
  const { rows } = await sql<{ user_hash: string }>`
    SELECT user_hash FROM recommender.erased_users
    WHERE user_hash IN (SELECT json_array_elements_text(${JSON.stringify(hashes)}::json))`.execute(within.query);
  return new Set(rows.map(({ user_hash }) => user_hash));
}
