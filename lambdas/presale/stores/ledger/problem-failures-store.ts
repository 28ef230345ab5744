import { sql } from 'kysely';
import type { Session } from '#adapters/database.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { type KnownFailure, knownFailures, recordFailures, resolveFailures } from '#record/failure-ledger.ts';
import { problemRecord } from '../../corrections/problem-record.ts';
import type { KeptProblem } from '../../ports.ts';
import type { CountyLetter } from '../../publication/counties.ts';
import { correctedRowKey } from '../../publication/keys.ts';
import type { PresaleTables } from '../tables.ts';

type Query = Session<PresaleTables>['query'];

/** Whose problem rows: one county's of one run. */
export interface ProblemPlace {
  readonly runName: string;
  readonly county: CountyLetter;
  readonly publicationDate: string;
  /** Where corrected rows are dropped. */
  readonly bucket: string;
}

/** A problem row and the key of its failure. */
interface Failing extends KeptProblem {
  readonly failure_key: string;
}

// Rows of a file are small; a page of them is about a megabyte.
const pageRows = 1000;

const workload = 'presale';

/** Writes the problem rows that this transaction has found into the failure ledger, page by page. */
export async function recordProblems(query: Query, place: ProblemPlace): Promise<void> {
  for (let after = 0; ; ) {
    const page = await problemsOf(query, place)
      // The start of this transaction: what an earlier load has found is in the ledger already.
      .where('found_at', '=', sql<Date>`now()`)
      .where('line_number', '>', after)
      .orderBy('line_number')
      .limit(pageRows)
      .execute();
    await recordFailures(
      query,
      page.flatMap(({ failure_key: key, ...problem }) =>
        key === null ? [] : [problemFailure(place, { ...problem, failure_key: key })],
      ),
    );
    const last = page.at(-1);
    if (!last || page.length < pageRows) return;
    after = last.line_number;
  }
}

/** Marks the failures of problem rows as put right: the rows are corrected, or their file no longer has them. */
export async function resolveProblems(query: Query, keys: readonly (string | null)[], who: string): Promise<void> {
  const naturalKeys = keys.flatMap((key) => key ?? []);
  if (naturalKeys.length > 0) await resolveFailures(query, { workload, naturalKeys }, who);
}

/**
 * Lines that a person has tried to correct: each that is a problem still has an open failure afterwards. The one it
 * stands under already, while that is open; else a new one that names it, for a replay of it has failed again.
 */
export async function reopenProblems(query: Query, place: ProblemPlace, lines: readonly number[]): Promise<void> {
  const problems = await problemsOf(query, place)
    .where('corrected_at', 'is', null)
    .where(sql<boolean>`line_number = ANY (${lines}::bigint[])`)
    .execute();
  const keys = problems.flatMap(({ failure_key }) => failure_key ?? []);
  const known = new Map((await knownFailures(query, keys)).map((failure) => [failure.naturalKey, failure]));
  const failures: NewFailure[] = [];
  const again: number[] = [];
  for (const problem of problems) {
    const before = known.get(problem.failure_key ?? '');
    if (before?.state === 'open') continue;
    failures.push(problemFailure(place, { ...problem, failure_key: nextKey(place, problem, before) }, before?.id));
    again.push(problem.line_number);
  }
  if (failures.length === 0) return;
  await recordFailures(query, failures);
  await sql`
    UPDATE presale.problems p SET failure_key = again.key
    FROM unnest(${again}::bigint[], ${failures.map(({ naturalKey }) => naturalKey)}::text[]) AS again (line, key)
    WHERE p.run_name = ${place.runName} AND p.letter = ${place.county} AND p.line_number = again.line`.execute(query);
}

function problemsOf(query: Query, { runName, county }: ProblemPlace) {
  return query
    .selectFrom('presale.problems')
    .select(['line_number', 'raw', 'reasons', 'failure_key'])
    .where('run_name', '=', runName)
    .where('letter', '=', county);
}

/** One for each try that failed again; a row from before the ledger gets its first. */
function nextKey({ runName, county }: ProblemPlace, { line_number }: KeptProblem, before: KnownFailure | undefined) {
  if (!before) return `problem:${runName}:${county}:${line_number}`;
  return `${before.naturalKey.replace(/:after-\d+$/, '')}:after-${before.id}`;
}

function problemFailure(
  { county, publicationDate, bucket }: ProblemPlace,
  problem: Failing,
  replayOf?: number,
): NewFailure {
  const { line_number, reasons, failure_key } = problem;
  const columns = reasons.map(({ column, reason }) => `${column} ${reason}`.trim());
  return {
    naturalKey: failure_key,
    workload,
    sourceKind: 'file',
    sourceName: 'problem-rows',
    door: `s3://${bucket}/${correctedRowKey(publicationDate, county, line_number)}`,
    reason: reasons.some(({ column }) => column === '') ? 'UnreadableRow' : 'WrongCell',
    message: `Line ${line_number} of county ${county}, publication ${publicationDate}: ${columns.join('; ')}`,
    stack: undefined,
    input: JSON.stringify(problemRecord(county, problem), undefined, 2),
    attributes: {},
    occurredAt: new Date(),
    attempts: undefined,
    replayOf,
  };
}
