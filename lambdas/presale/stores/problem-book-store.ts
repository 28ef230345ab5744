import { sql } from 'kysely';
import { paged } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { ProblemBook, ProblemFilter } from '../api/ports.ts';
import { namesOf, shownRaw } from '../corrections/ragged-row.ts';
import { counties, countyLetters } from '../publication/counties.ts';
import type { PresaleTables, ProblemReport, ProblemRow } from './tables.ts';

type Query = Database<PresaleTables>['query'];

/** Reads problem rows and their corrections for the API. */
export function problemBook({ query }: Database<PresaleTables>): ProblemBook {
  return {
    async list(filter) {
      const sorted = matchingProblems(query, filter).selectAll().orderBy('id');
      const { data, total } = await paged(sorted, matchingProblems(query, filter), filter);
      return { data: data.map(shown), total };
    },
    async find(id) {
      const problems = query.selectFrom('presale.problems').selectAll().where('id', '=', id);
      const problem = await problems.executeTakeFirst();
      if (!problem) return undefined;
      const corrections = query.selectFrom('presale.corrections').selectAll().where('run_name', '=', problem.run_name);
      const history = corrections.where('letter', '=', problem.letter).where('line_number', '=', problem.line_number);
      return { ...shown(problem), corrections: await history.orderBy('id').execute() };
    },
    corrections: (filter) => {
      const sorted = matchingCorrections(query, filter)
        .selectAll('presale.corrections')
        .select('presale.runs.publication_date')
        .orderBy('presale.corrections.id', 'desc');
      return paged(sorted, matchingCorrections(query, filter), filter);
    },
  };
}

function shown(problem: ProblemRow): ProblemReport {
  const { raw, file_raw } = problem;
  return { ...problem, raw: shownRaw(raw), header: namesOf(raw), file_raw: file_raw && shownRaw(file_raw) };
}

function matchingProblems(query: Query, { publicationDate, county }: ProblemFilter) {
  return query
    .selectFrom('presale.problems')
    .where('corrected_at', 'is', null)
    .$if(publicationDate !== undefined, (builder) =>
      builder.where('publication_date', '=', sql<string>`${publicationDate}::date`),
    )
    .$if(county !== undefined, (builder) => builder.where('county', '=', county as never));
}

function matchingCorrections(query: Query, { publicationDate, county }: ProblemFilter) {
  const letter = countyLetters.find((candidate) => counties[candidate] === county);
  return query
    .selectFrom('presale.corrections')
    .innerJoin('presale.runs', 'presale.runs.name', 'presale.corrections.run_name')
    .$if(publicationDate !== undefined, (builder) =>
      builder.where('publication_date', '=', sql<string>`${publicationDate}::date`),
    )
    .$if(letter !== undefined, (builder) => builder.where('letter', '=', letter as never));
}
