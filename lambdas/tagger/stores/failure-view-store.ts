import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { objectInJson } from '#kit/text/json.ts';

export interface FailureQuery {
  readonly reason: string | undefined;
  readonly start: number;
  readonly length: number;
}

/** The tagger's part of the ledger in the words of the existing alerts: `Exception` and `raw_json`. */
export interface TaggerFailure {
  readonly id: number;
  readonly Exception: string;
  readonly raw_json: unknown;
  readonly message: string;
  readonly state: string;
  readonly occurred_at: Date;
}

export type ListFailures = (query: FailureQuery) => Promise<{ data: readonly TaggerFailure[]; total: number }>;

/** The newest first. What was no JSON stands as it is kept: the event with the record's bytes in base64. */
export function failureView<T>({ query }: Pick<Database<T>, 'query'>): ListFailures {
  return async ({ reason, start, length }) => {
    const matching = sql`FROM platform.failures WHERE workload = 'tagger' AND (${reason ?? null}::text IS NULL OR reason = ${reason ?? null})`;
    const { rows } = await sql<Omit<TaggerFailure, 'raw_json'> & { readonly input: string | null }>`
      SELECT id, reason AS "Exception", message, state, occurred_at, input ${matching}
      ORDER BY occurred_at DESC, id DESC OFFSET ${start} LIMIT ${length}`.execute(query);
    const counted = await sql<{ total: number }>`SELECT count(*) AS total ${matching}`.execute(query);
    return {
      data: rows.map(({ input, ...row }) => ({ ...row, raw_json: rawOf(input) })),
      total: counted.rows[0]?.total ?? 0,
    };
  };
}

/**
 * `null` for what is too large for a row: GET /platform/failures/{id} says where it is. A dead letter may be any text: what
 * is no JSON object is given back as it stands.
 */
function rawOf(input: string | null): unknown {
  if (input === null) return null;
  const value = objectInJson(input);
  if (value === undefined) return input;
  return Object.hasOwn(value, 'raw_json') ? value.raw_json : value;
}
