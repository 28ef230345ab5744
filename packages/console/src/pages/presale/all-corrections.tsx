import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { useAddress } from '../../lists/address.ts';
import type { Column } from '../../lists/column.ts';
import { momentColumn, stateColumn, textColumn } from '../../lists/columns.tsx';
import { ListTable } from '../../lists/list-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { CellChange } from './corrections.tsx';
import { countyAndPublication, ProblemFilters } from './problem-filters.tsx';

type Correction = components['schemas']['CorrectionReport'];

/** Who changed which cells of which rows, with before and after. */
export default function AllCorrections() {
  const { t } = useTexts();
  const address = useAddress();
  const filter = countyAndPublication(address);
  return (
    <ListTable<Correction>
      name="corrections"
      title={t('problem.corrections')}
      description={t('corrections.about')}
      columns={correctionColumns(t)}
      filter={filter}
      load={async (place) =>
        (await answer(api.GET('/presale/corrections', { params: { query: { ...filter, ...place } } }))).result
      }
      rowId={({ id }) => String(id)}
      empty={{ title: t('corrections.empty'), advice: t('corrections.empty-advice') }}
      filters={<ProblemFilters address={address} />}
    />
  );
}

function correctionColumns(t: Tell): readonly Column<Correction>[] {
  const place = ({ run_name, letter, line_number }: Correction) => `${run_name} ${letter} ${line_number}`;
  return [
    textColumn('line', t('problems.line'), place),
    {
      id: 'change',
      header: t('failure.difference'),
      cell: (correction) => <CellChange {...correction} />,
      csv: ({ after }) => JSON.stringify(after),
    },
    stateColumn(t('runs.state'), ({ outcome }) => outcome),
    textColumn('by', t('failures.changed-by'), ({ corrected_by }) => corrected_by),
    momentColumn('at', t('failures.occurred'), ({ corrected_at }) => corrected_at),
    textColumn('publication', t('problems.publication'), ({ publication_date }) => publication_date),
  ];
}
