import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { NotFoundError } from '#kit/errors.ts';
import type { Author, CorrectedRow, CorrectionBook, ProblemPlace } from '../corrections/ports.ts';
import { corrected, readCorrected } from '../corrections/read-corrected.ts';
import { serialColumn } from '../file/columns.ts';
import type { FileRow, ProblemReason } from '../file/file-row.ts';
import { asOf } from '../publication/season.ts';
import { createStaging, lockCounty, merge, stage } from './load-store.ts';
import type { PresaleTables, ProblemRow, RunRow } from './tables.ts';

type Query = Session<PresaleTables>['query'];
type Run = Pick<RunRow, 'name' | 'season' | 'publication_date' | 'run_id'>;

/** One row on its way: as it was, as it is now, and what reading it gave. */
interface Corrected {
  readonly problem: ProblemRow;
  readonly after: Readonly<Record<string, string>>;
  readonly row: FileRow;
  readonly keptNewer: boolean;
}

/** Corrections of problem rows, in presale.problems and presale.corrections; right rows go where a load puts them. */
export function correctionStore(database: Database<PresaleTables>): CorrectionBook {
  return {
    async find(id) {
      const problems = database.query.selectFrom('presale.problems').where('id', '=', id);
      const found = await problems.select(['publication_date', 'letter', 'line_number']).executeTakeFirst();
      return found && { publicationDate: found.publication_date, letter: found.letter, line_number: found.line_number };
    },
    correct: (place, author, choose) =>
      database.transaction(async (session) => {
        const { query } = session;
        await lockCounty(query, place.letter);
        const run = await runOf(query, place);
        const problems = await problemsOf(query, run, place);
        const changes = choose(problems);
        const done = await alreadyDone(query, run, place, author);
        const rows: Corrected[] = [];
        for (const { line_number, cells } of changes) {
          const problem = problems.find((candidate) => candidate.line_number === line_number);
          if (!problem) throw new NotFoundError(`There is no problem row of line ${line_number}`);
          const after = corrected(problem.raw, cells);
          if (done.has(line_number) || same(problem.raw, after)) continue;
          rows.push(await judge(query, run, { problem, after, others: rows }));
        }
        await load(session, run, place, rows);
        for (const row of rows) await keep(query, row, author);
        return changes.map((change) => outcomeOf(change.line_number, rows, problems));
      }),
    runName: async (place) => (await runOf(database.query, place)).name,
  };
}

async function runOf(query: Query, { publicationDate }: ProblemPlace): Promise<Run> {
  const runs = query.selectFrom('presale.runs').select(['name', 'season', 'publication_date', 'run_id']);
  const run = await runs.where('publication_date', '=', publicationDate).executeTakeFirst();
  if (!run) throw new NotFoundError(`There is no run of ${publicationDate}`);
  return run;
}

function problemsOf(query: Query, run: Run, { letter }: ProblemPlace): Promise<ProblemRow[]> {
  const problems = query.selectFrom('presale.problems').selectAll().where('run_name', '=', run.name);
  return problems.where('letter', '=', letter).orderBy('line_number').execute();
}

async function alreadyDone(query: Query, run: Run, { letter }: ProblemPlace, { source }: Author) {
  if (source === null) return new Set<number>();
  const rows = await query
    .selectFrom('presale.corrections')
    .select('line_number')
    .where('run_name', '=', run.name)
    .where('letter', '=', letter)
    .where('source', '=', source)
    .execute();
  return new Set(rows.map(({ line_number }) => line_number));
}

function same(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].every((name) => before[name] === after[name]);
}

/** Reads a row, and refuses one whose serial number another row of the same publication has. */
async function judge(
  query: Query,
  run: Run,
  { problem, after, others }: Pick<Corrected, 'problem' | 'after'> & { readonly others: readonly Corrected[] },
): Promise<Corrected> {
  const row = readCorrected(after, problem.line_number);
  const serial = serialOf(row);
  if (serial === undefined) return { problem, after, row, keptNewer: false };
  const { rows } = await sql<{ newer: boolean; here: boolean }>`
    SELECT as_of > ${asOf(run)}::date AS newer,
      publication_date = ${run.publication_date}::date AND withdrawn_at IS NULL AS here
    FROM presale.deals WHERE county = ${problem.county} AND serial_number = ${serial}`.execute(query);
  const own = problem.corrected_at !== null && problem.corrected_serial === serial;
  const taken = (rows[0]?.here === true && !own) || others.some((other) => serialOf(other.row) === serial);
  if (!taken) return { problem, after, row, keptNewer: rows[0]?.newer ?? false };
  const reasons = [{ column: serialColumn, reason: 'is that of another row of this publication' }];
  return { problem, after, row: { state: 'problem', line: row.line, raw: after, reasons }, keptNewer: false };
}

/** The serial number is a deal's first column. */
function serialOf(row: FileRow): string | undefined {
  return row.state === 'good' ? String(row.values[0]) : undefined;
}

async function load(session: Session<PresaleTables>, run: Run, { letter }: ProblemPlace, rows: readonly Corrected[]) {
  const good = rows.map(({ row }) => row).filter(({ state }) => state === 'good');
  const [first] = rows;
  if (!first) return;
  for (const { problem, row } of rows) {
    // Corrected before, under a number that isn't its own any more.
    if (problem.corrected_serial === null || problem.corrected_serial === serialOf(row)) continue;
    await sql`
      UPDATE presale.deals SET withdrawn_at = now() WHERE county = ${problem.county}
        AND serial_number = ${problem.corrected_serial} AND publication_date = ${run.publication_date}::date`.execute(
      session.query,
    );
  }
  if (good.length === 0) return;
  await createStaging(session.query);
  await stage(session, async function* () {
    yield good;
  });
  await merge(session.query, { plan: run, county: letter, backup: first.problem });
}

async function keep(query: Query, { problem, after, row, keptNewer }: Corrected, { who, source }: Author) {
  const reasons = JSON.stringify(reasonsOf(row));
  const outcome = row.state === 'problem' ? 'problem' : keptNewer ? 'kept-newer' : 'loaded';
  await sql`
    INSERT INTO presale.corrections
      (run_name, letter, line_number, corrected_by, corrected_at, source, before, after, outcome, reasons)
    VALUES (${problem.run_name}, ${problem.letter}, ${problem.line_number}, ${who}, now(), ${source},
      ${JSON.stringify(problem.raw)}::json, ${JSON.stringify(after)}::json, ${outcome}, ${reasons}::json)`.execute(
    query,
  );
  await sql`
    UPDATE presale.problems SET raw = ${JSON.stringify(after)}::json, file_raw = coalesce(file_raw, raw),
      reasons = ${reasons}::json, corrected_serial = ${serialOf(row) ?? null},
      corrected_at = ${row.state === 'good' ? sql`now()` : sql`NULL`}
    WHERE id = ${problem.id}`.execute(query);
}

function reasonsOf(row: FileRow): readonly ProblemReason[] {
  return row.state === 'problem' ? row.reasons : [];
}

function outcomeOf(line: number, rows: readonly Corrected[], problems: readonly ProblemRow[]): CorrectedRow {
  const found = rows.find(({ problem }) => problem.line_number === line);
  if (found) {
    const state = found.row.state === 'problem' ? 'problem' : found.keptNewer ? 'kept-newer' : 'loaded';
    return { line_number: line, state, reasons: reasonsOf(found.row) };
  }
  const before = problems.find(({ line_number }) => line_number === line);
  return { line_number: line, state: 'unchanged', reasons: before?.corrected_at === null ? before.reasons : [] };
}
