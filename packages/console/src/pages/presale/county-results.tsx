import type { TableProps } from '@cloudscape-design/components/table';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { spanText } from '../../values/moment.tsx';
import { Bytes, Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { useMachine } from '../machine/machine-client.ts';

type CountyRun = components['schemas']['PresaleCountyRun'];

/** What became of each county in a run: its rows, how long it took, and the file that was fetched. */
export function CountyResults({ run }: { readonly run: string }) {
  const { t } = useTexts();
  // Its files can be looked at where the buckets are shown.
  const hasBuckets = useMachine() !== undefined;
  return (
    <QueryTable<CountyRun>
      title={t('counties.title')}
      asked={['county-results', run]}
      load={async () =>
        (await answer(api.GET('/presale/runs/{publication_date}', { params: { path: { publication_date: run } } })))
          .result.results
      }
      empty={t('counties.empty')}
      columns={resultColumns(t, run, hasBuckets)}
    />
  );
}

function resultColumns(t: Tell, run: string, hasBuckets: boolean): TableProps.ColumnDefinition<CountyRun>[] {
  const counts = (['rows_read', 'good', 'duplicates', 'inserted', 'updated', 'withdrawn'] as const).map((id) => ({
    id: id as string,
    header: t(`counties.${id}`),
    cell: (row: CountyRun) => <Count of={row[id]} />,
  }));
  return [
    { id: 'county', header: t('presale.county'), isRowHeader: true, cell: ({ county }) => county },
    { id: 'state', header: t('runs.state'), minWidth: 110, cell: ({ state }) => <StateLabel state={state} /> },
    ...counts,
    {
      id: 'problems',
      header: t('problems.title'),
      cell: (row) => <Problems run={run} of={row} />,
    },
    {
      id: 'took',
      header: t('runs.duration'),
      cell: ({ fetch_ms, load_ms }) => spanText((fetch_ms ?? 0) + (load_ms ?? 0)),
    },
    {
      id: 'file',
      header: t('counties.file'),
      minWidth: 160,
      cell: (row) => <RawFile of={row} isLink={hasBuckets} />,
    },
    { id: 'reason', header: t('failures.reason'), cell: ({ reason }) => reason ?? '–' },
  ];
}

/** The folders before it are those of the run. */
function fileOf(key: string): string {
  return key.split('/').at(-1) ?? key;
}

function Problems({ run, of: { county, problems } }: { readonly run: string; readonly of: CountyRun }) {
  if (problems === 0) return <Count of={0} />;
  return (
    <AppLink to={`/presale/problems?${new URLSearchParams({ county, publication_date: run })}`}>
      <Count of={problems} />
    </AppLink>
  );
}

function RawFile({ of: { source_key: key, bytes }, isLink }: { readonly of: CountyRun; readonly isLink: boolean }) {
  if (key === null) return <>–</>;
  const name = fileOf(key);
  const place = `/machine?${new URLSearchParams({ tab: 'buckets', id: key })}`;
  return (
    <>
      {isLink ? <AppLink to={place}>{name}</AppLink> : <span title={key}>{name}</span>} (<Bytes of={bytes} />)
    </>
  );
}
