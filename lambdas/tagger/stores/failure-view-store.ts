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

/** Pages of one host that could not be had. */
export interface HostFailures {
  readonly host: string;
  readonly count: number;
  /** Of them those that wait for a person. */
  readonly open: number;
  readonly last_at: Date;
  readonly reasons: Readonly<Record<string, number>>;
}

export type CountHosts = (days: number) => Promise<readonly HostFailures[]>;

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

// Below these nobody looks for a pattern.
const mostHosts = 100;

/** Failures of pages within the last days by host, those with most first; what was sent again counts once. */
export function hostCounts<T>({ query }: Pick<Database<T>, 'query'>): CountHosts {
  return async (days) => {
    const { rows } = await sql<HostFailures>`
      SELECT host, sum(found)::bigint AS count, sum(open)::bigint AS open, max(last_at) AS last_at,
        json_object_agg(reason, found) AS reasons
      FROM (
        -- Of before hosts were noted the message tells them.
        SELECT coalesce(attributes ->> 'host', substring(message FROM '://(?:[^/?#@]*@)?([^/?#[:space:]]+)'), '') AS host,
          reason, count(*) AS found, count(*) FILTER (WHERE state = 'open') AS open, max(occurred_at) AS last_at
        FROM platform.failures
        WHERE workload = 'tagger' AND source_name = 'fetch-page' AND replay_of IS NULL
          AND occurred_at >= now() - make_interval(days => ${days})
        GROUP BY 1, 2
      ) AS by_reason
      GROUP BY host ORDER BY count DESC, host LIMIT ${mostHosts}`.execute(query);
    return rows;
  };
}
