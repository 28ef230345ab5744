import { useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { useAddress } from '../../lists/address.ts';
import { AppLink } from '../../lists/app-link.tsx';
import type { Column } from '../../lists/column.ts';
import { momentColumn, textColumn } from '../../lists/columns.tsx';
import { ListTable } from '../../lists/list-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { countyAndPublication, ProblemFilters } from './problem-filters.tsx';
import { reasonText } from './reason-text.ts';

type ProblemRow = components['schemas']['ProblemRow'];

/** Rows that were not loaded, with the reason at the cell. */
export default function Problems() {
  const { t } = useTexts();
  const address = useAddress();
  const queries = useQueryClient();
  const filter = countyAndPublication(address);
  return (
    <ListTable<ProblemRow>
      name="problems"
      title={t('problems.title')}
      description={t('problems.about')}
      columns={problemColumns(t)}
      filter={filter}
      load={async (place) => {
        const asked = api.GET('/presale/problems', { params: { query: { ...filter, ...place } } });
        const { result } = await answer(asked);
        // The page of a row needs no second question.
        for (const row of result.data) queries.setQueryData(['problem-row', row.id], row);
        return result;
      }}
      rowId={({ id }) => String(id)}
      empty={{ title: t('problems.empty'), advice: t('problems.empty-advice') }}
      filters={<ProblemFilters address={address} />}
    />
  );
}

function problemColumns(t: Tell): readonly Column<ProblemRow>[] {
  const reasons = ({ reasons: all }: ProblemRow) =>
    all
      .map(({ column, reason }) => (column === '' ? reasonText(t, reason) : `${column}: ${reasonText(t, reason)}`))
      .join('; ');
  return [
    {
      id: 'line',
      header: t('problems.line'),
      cell: ({ id, county, line_number }) => (
        <AppLink to={`/presale/problems/${id}`}>{`${county} ${line_number}`}</AppLink>
      ),
      csv: ({ county, line_number }) => `${county} ${line_number}`,
    },
    { id: 'reasons', header: t('problems.reasons'), cell: (row) => <bdi>{reasons(row)}</bdi>, csv: reasons },
    {
      id: 'said',
      header: t('problems.said'),
      cell: (row) => <bdi>{saidOf(row)}</bdi>,
      csv: saidOf,
    },
    textColumn('publication', t('problems.publication'), (row) => row.publication_date),
    momentColumn('found', t('problems.found'), (row) => row.found_at),
    momentColumn('corrected', t('problems.corrected'), (row) => row.corrected_at),
  ];
}

// What is said in a cell may be of any length.
const shownCharacters = 80;

/** What the file said in the cells that are wrong. */
function saidOf({ reasons, raw }: ProblemRow): string {
  const cells = raw as Readonly<Record<string, unknown>>;
  return reasons.map(({ column }) => String(cells[column] ?? '').slice(0, shownCharacters)).join('; ');
}
