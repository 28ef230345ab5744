import { type QueryExecutorProvider, sql } from 'kysely';

/** What became of what came by a stream; what could not be read is in the ledger. */
export interface StreamCounts {
  readonly workload: string;
  /** The function that reads the stream. */
  readonly source: string;
  readonly out: number;
  readonly filtered: number;
}

/** Adds to the counts of this hour, in the caller's transaction: last in it, for all that read the stream wait here. */
export async function countStream(
  query: QueryExecutorProvider,
  { workload, source, out, filtered }: StreamCounts,
): Promise<void> {
  await sql`SELECT platform.count_stream(${workload}, ${source}, NULL, ${out}, ${filtered}, 0)`.execute(query);
}

/** Forgets hours that began before that time; resolves to how many rows went. */
export async function forgetStreamCounts(query: QueryExecutorProvider, before: Date): Promise<number> {
  const { numAffectedRows = 0n } = await sql`DELETE FROM platform.stream_counts WHERE at < ${before}`.execute(query);
  return Number(numAffectedRows);
}
