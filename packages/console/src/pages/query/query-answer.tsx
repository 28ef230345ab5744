import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { Column } from '../../lists/column.ts';
import { textColumn } from '../../lists/columns.tsx';
import { DownloadButton } from '../../lists/download-button.tsx';
import { ListPages } from '../../lists/list-pages.tsx';
import { useTexts } from '../../texts/index.ts';
import { Duration } from '../../values/moment.tsx';
import { Bytes } from '../../values/numbers.tsx';
import { QueryChart } from './query-chart.tsx';
import type { Query } from './query-types.ts';

type Row = Query['rows'][number];

/** What came of a query: its rows, or why there are none. */
export function QueryAnswer({ query }: { readonly query: Query | undefined }) {
  const { t } = useTexts();
  if (!query) return null;
  if (query.state === 'running')
    return (
      <Box textAlign="center" padding="l">
        <Spinner /> {t('query.running')}
      </Box>
    );
  if (query.state !== 'succeeded')
    return (
      <Alert type={query.state === 'stopped' ? 'warning' : 'error'} header={t(`query.${query.state}`)}>
        <span className="stored">{query.reason}</span>
      </Alert>
    );
  return (
    <SpaceBetween size="l">
      <Rows key={query.id} query={query} />
      <QueryChart query={query} />
    </SpaceBetween>
  );
}

const pageLength = 25;

function Rows({ query }: { readonly query: Query }) {
  const { t, language } = useTexts();
  const [page, goTo] = useState(1);
  const { rows } = query;
  const columns: readonly Column<Row>[] = query.columns.map(({ name }, index) =>
    // Two columns may have one name.
    textColumn(`${index}`, name, (row) => row[index]),
  );
  const load = async (place: { readonly start: number; readonly length: number }) => {
    return { data: rows.slice(place.start, place.start + place.length), total: rows.length };
  };
  return (
    <Table<Row>
      variant="container"
      enableKeyboardNavigation
      items={rows.slice((page - 1) * pageLength, page * pageLength)}
      columnDefinitions={columns.map(({ id, header, cell }, index) => ({ id, header, cell, isRowHeader: index === 0 }))}
      empty={t('query.no-rows')}
      pagination={<ListPages page={page} goTo={goTo} count={Math.ceil(rows.length / pageLength)} />}
      header={
        <Header
          variant="h2"
          counter={`(${rows.length.toLocaleString(language)}${query.cut ? '+' : ''})`}
          description={<Costs query={query} />}
          actions={<DownloadButton name="query" columns={columns} load={load} total={rows.length} />}
        >
          {t('query.answer')}
        </Header>
      }
    />
  );
}

function Costs({ query }: { readonly query: Query }) {
  const { t } = useTexts();
  return (
    <>
      {query.cut && `${t('query.cut')} `}
      {t('query.read')} <Bytes of={query.scanned_bytes} /> · <Duration from={query.asked_at} to={query.ended_at} />
    </>
  );
}
