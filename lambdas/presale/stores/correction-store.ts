import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { NotFoundError } from '#kit/errors.ts';
import type { Author, Change, CorrectedRow, CorrectionBook, ProblemPlace, ProblemRows } from '../corrections/ports.ts';
import { shownRaw } from '../corrections/ragged-row.ts';
import { type Reading, readCorrected } from '../corrections/read-corrected.ts';
import { serialColumn } from '../file/columns.ts';
import type { FileRow, ProblemReason } from '../file/file-row.ts';
import { counties } from '../publication/counties.ts';
import { asOf } from '../publication/season.ts';
import { reopenProblems, resolveProblems } from './ledger/problem-failures-store.ts';
import { createStaging, lockCounty, stage } from './load-store.ts';
import { merge } from './loading/merge-store.ts';
import { refreshProjects } from './new-projects-store.ts';
import { refreshMonths } from './statistics-store.ts';
import type { PresaleTables, ProblemRow, RunRow } from './tables.ts';

type Query = Session<PresaleTables>['query'];
type Run = Pick<RunRow, 'name' | 'season' | 'publication_date' | 'run_id'>;

/** One row on its way: as it was, and what reading it anew gave. */
interface Corrected extends Reading {
  readonly problem: ProblemRow;
  readonly keptNewer: boolean;
}

/**
 * Corrections of problem rows, in presale.problems and presale.corrections; right rows go where a load puts them. Set by
 * set: a file may correct thousands.
 */
export function correctionStore(database: Database<PresaleTables>, bucket: string): CorrectionBook {
  return {
    async find(id) {
      const problems = database.query.selectFrom('presale.problems').where('id', '=', id);
      const found = await problems.select(['publication_date', 'letter', 'line_number', 'raw']).executeTakeFirst();
      if (!found) return undefined;
      const { publication_date: publicationDate, letter, line_number, raw } = found;
      return { publicationDate, letter, line_number, raw };
    },
    correct: (place, author, choose) =>
      database.transaction(async (session) => {
        const { query } = session;
        await lockCounty(query, place.letter);
        const run = await runOf(query, place);
        const problems = new Map((await problemsOf(query, run, place)).map((row) => [row.line_number, row]));
        const changes = choose([...problems.values()]);
        const done = await alreadyDone(query, run, place, author);
        const pending = changes.filter(({ line_number }) => !done.has(line_number));
        const rows = await judge(query, run, changed(pending, problems, asOf(run)));
        await load(session, run, place, rows);
        await keep(query, rows, author);
        const right = rows.filter(({ row }) => row.state === 'good').map(({ problem }) => problem.failure_key);
        await resolveProblems(query, right, author.who);
        // Also those that nothing was changed in: a replay of such a row has failed again.
        const lines = changes.map(({ line_number }) => line_number);
        const { publicationDate, letter: county } = place;
        await reopenProblems(query, { runName: run.name, county, publicationDate, bucket }, lines);
        const news = new Map(rows.map((row) => [row.problem.line_number, outcomeOf(row)]));
        return changes.map(
          ({ line_number }) => news.get(line_number) ?? asBefore(problems.get(line_number), done, line_number),
        );
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

function problemsOf(query: Query, run: Run, { letter, lines }: ProblemRows): Promise<ProblemRow[]> {
  const problems = query.selectFrom('presale.problems').selectAll().where('run_name', '=', run.name);
  return problems
    .where('letter', '=', letter)
    .$if(lines !== undefined, (some) => some.where(sql<boolean>`line_number = ANY (${lines}::bigint[])`))
    .orderBy('line_number')
    .execute();
}

/** Line -> what this version of the file has done to it before. */
async function alreadyDone(
  query: Query,
  run: Run,
  { letter }: ProblemPlace,
  { source }: Author,
): Promise<ReadonlyMap<number, CorrectedRow['state']>> {
  if (source === null) return new Map();
  const rows = await query
    .selectFrom('presale.corrections')
    .select(['line_number', 'outcome'])
    .where('run_name', '=', run.name)
    .where('letter', '=', letter)
    .where('source', '=', source)
    .execute();
  return new Map(rows.map(({ line_number, outcome }) => [line_number, outcome]));
}

/** The rows that a change changes, read anew. */
function changed(
  changes: readonly Change[],
  problems: ReadonlyMap<number, ProblemRow>,
  newest: string,
): Omit<Corrected, 'keptNewer'>[] {
  return changes.flatMap(({ line_number, cells }) => {
    const problem = problems.get(line_number);
    if (!problem) throw new NotFoundError(`There is no problem row of line ${line_number}`);
    const reading = readCorrected(problem, cells, newest);
    return reading ? [{ problem, ...reading }] : [];
  });
}

/** Refuses a row whose serial number another row of the same publication has. */
async function judge(query: Query, run: Run, rows: readonly Omit<Corrected, 'keptNewer'>[]): Promise<Corrected[]> {
  const [first] = rows;
  if (!first) return [];
  const serials = rows.map(({ row }) => serialOf(row)).filter((serial) => serial !== undefined);
  const { rows: found } = await sql<{ serial_number: string; newer: boolean; here: boolean }>`
    SELECT serial_number, as_of > ${asOf(run)}::date AS newer,
      publication_date = ${run.publication_date}::date AND withdrawn_at IS NULL AS here
    FROM presale.deals WHERE county = ${first.problem.county} AND serial_number = ANY (${serials})`.execute(query);
  const deals = new Map(found.map((deal) => [deal.serial_number, deal]));
  const seen = new Set<string>();
  return rows.map((corrected) => {
    const { problem, raw, row } = corrected;
    const serial = serialOf(row);
    if (serial === undefined) return { ...corrected, keptNewer: false };
    const deal = deals.get(serial);
    const own = problem.corrected_at !== null && problem.corrected_serial === serial;
    const taken = (deal?.here === true && !own) || seen.has(serial);
    seen.add(serial);
    if (!taken) return { ...corrected, keptNewer: deal?.newer ?? false };
    const reasons = [{ column: serialColumn, reason: 'is that of another row of this publication' }];
    return { ...corrected, row: { state: 'problem', line: row.line, raw, reasons }, keptNewer: false };
  });
}

/** The serial number is a deal's first column. */
function serialOf(row: FileRow): string | undefined {
  return row.state === 'good' ? String(row.values[0]) : undefined;
}

async function load(session: Session<PresaleTables>, run: Run, { letter }: ProblemPlace, rows: readonly Corrected[]) {
  const [first] = rows;
  if (!first) return;
  const { query } = session;
  const good = rows.map(({ row }) => row).filter(({ state }) => state === 'good');
  // Corrected before, under a number that isn't theirs any more.
  const left = rows.flatMap(({ problem: { corrected_serial: serial }, row }) =>
    serial === null || serial === serialOf(row) ? [] : [serial],
  );
  const serials = [...left, ...good.flatMap((row) => serialOf(row) ?? [])];
  if (serials.length === 0) return;
  const before = await groupsOf(query, letter, serials);
  await sql`
    UPDATE presale.deals SET withdrawn_at = now() WHERE county = ${counties[letter]}
      AND serial_number = ANY (${left}) AND publication_date = ${run.publication_date}::date`.execute(query);
  if (good.length > 0) {
    await createStaging(query);
    await stage(session, async function* () {
      yield good;
    });
    await merge(query, { plan: run, county: letter, backup: first.problem }, good.length);
  }
  const groups = [...before, ...(await groupsOf(query, letter, serials))];
  await refreshMonths(query, counties[letter], [...new Set(groups.map(({ month }) => month))]);
  await refreshProjects(query, counties[letter], [...new Set(groups.map(({ project_name }) => project_name))]);
}

/** The months and projects whose statistics these deals are part of. */
async function groupsOf(query: Query, letter: ProblemPlace['letter'], serials: readonly string[]) {
  const { rows } = await sql<{ month: string; project_name: string }>`
    SELECT DISTINCT date_trunc('month', transaction_date)::date AS month, project_name
    FROM presale.deals WHERE county = ${counties[letter]} AND serial_number = ANY (${serials})`.execute(query);
  return rows;
}

async function keep(query: Query, rows: readonly Corrected[], { who, source }: Author): Promise<void> {
  if (rows.length === 0) return;
  const kept = rows.map((row) => ({
    id: row.problem.id,
    before: JSON.stringify(shownRaw(row.problem.raw)),
    after: JSON.stringify(row.after),
    raw: JSON.stringify(row.raw),
    reasons: JSON.stringify(reasonsOf(row.row)),
    outcome: stateOf(row),
    serial: serialOf(row.row) ?? null,
  }));
  const column = <K extends keyof (typeof kept)[number]>(name: K) => kept.map((row) => row[name]);
  const corrections = sql`unnest(${column('id')}::bigint[], ${column('before')}::text[], ${column('after')}::text[],
    ${column('raw')}::text[], ${column('reasons')}::text[], ${column('outcome')}::text[], ${column('serial')}::text[])
    AS kept (id, before, after, raw, reasons, outcome, serial)`;
  await sql`
    INSERT INTO presale.corrections
      (run_name, letter, line_number, corrected_by, corrected_at, source, before, after, outcome, reasons)
    SELECT p.run_name, p.letter, p.line_number, ${who}, now(), ${source}, kept.before::json, kept.after::json,
      kept.outcome, kept.reasons::json
    FROM ${corrections} JOIN presale.problems p ON p.id = kept.id ORDER BY p.line_number`.execute(query);
  await sql`
    UPDATE presale.problems p SET raw = kept.raw::json, file_raw = coalesce(p.file_raw, p.raw),
      reasons = kept.reasons::json, corrected_serial = kept.serial,
      corrected_at = CASE WHEN kept.serial IS NOT NULL THEN now() END
    FROM ${corrections} WHERE p.id = kept.id`.execute(query);
}

function reasonsOf(row: FileRow): readonly ProblemReason[] {
  return row.state === 'problem' ? row.reasons : [];
}

function stateOf({ row, keptNewer }: Corrected): 'problem' | 'kept-newer' | 'loaded' {
  if (row.state === 'problem') return 'problem';
  return keptNewer ? 'kept-newer' : 'loaded';
}

function outcomeOf(corrected: Corrected): CorrectedRow {
  return { line_number: corrected.problem.line_number, state: stateOf(corrected), reasons: reasonsOf(corrected.row) };
}

/** A row that nothing was done to now. */
function asBefore(
  problem: ProblemRow | undefined,
  done: ReadonlyMap<number, CorrectedRow['state']>,
  line: number,
): CorrectedRow {
  const reasons = problem?.corrected_at === null ? problem.reasons : [];
  return { line_number: line, state: done.get(line) ?? 'unchanged', reasons };
}
