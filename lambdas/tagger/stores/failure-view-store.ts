import { sql } from 'kysely';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import { objectInJson } from '#kit/text/json.ts';

export interface FailureQuery extends Paging {
  readonly reason: string | undefined;
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

export type ListFailures = (query: FailureQuery) => Promise<Page<TaggerFailure>>;

/** The newest first. What was no JSON stands as it is kept: the event with the record's bytes in base64. */
export function failureView<T>({ query }: Pick<Database<T>, 'query'>): ListFailures {
  return async ({ reason, ...paging }) => {
    const where = [sql`workload = 'tagger'`, ...(reason === undefined ? [] : [sql`reason = ${reason}`])];
    const { data, total } = await pagedListing<Row>(query, { ...failures, where }, paging);
    return { data: data.map(({ input, ...row }) => ({ ...row, raw_json: rawOf(input) })), total };
  };
}

type Row = Omit<TaggerFailure, 'raw_json'> & { readonly input: string | null };

const failures = {
  select: sql`id, reason AS "Exception", message, state, occurred_at, input`,
  from: sql`platform.failures`,
  order: sql`occurred_at DESC, id DESC`,
};

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
