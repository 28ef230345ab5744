import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api } from '../../../api/client.ts';
import type { components } from '../../../api/schema.gen';
import { AppLink } from '../../../lists/app-link.tsx';
import { Problem } from '../../../lists/problem.tsx';
import { QueryTable } from '../../../lists/query-table.tsx';
import { Waiting } from '../../../lists/waiting.tsx';
import { type Tell, useTexts } from '../../../texts/index.ts';
import { Count } from '../../../values/numbers.tsx';
import { StateLabel } from '../../../values/state-label.tsx';
import { StoredText } from '../../../values/stored-text.tsx';
import { itemPath, ofTenant } from '../tenant-headers.ts';

type Similar = components['schemas']['SimilarItems']['items'][number];

/** One item as its catalogue told it, and its neighbours. */
export default function ItemPage() {
  const { t } = useTexts();
  const { tenant = '', scenario: scenario_id = '', item: item_id = '' } = useParams();
  const asked = { ...ofTenant(tenant), params: { path: { scenario_id, item_id } } };
  const query = useQuery({
    queryKey: ['item', tenant, scenario_id, item_id],
    queryFn: async () => (await answer(api.GET('/api/v1/items/{scenario_id}/{item_id}', asked))).data,
  });
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={`${tenant} · ${scenario_id}`}>
        {t('recommender.item-title', { id: item_id })}
      </Header>
      {query.isPending && <Waiting lines={4} />}
      {query.isError && <Problem error={query.error} again={query.refetch} />}
      {query.data && (
        <Container header={<Header variant="h2">{t('recommender.metadata')}</Header>}>
          <SpaceBetween size="s">
            <StateLabel state={query.data.status} />
            <StoredText block text={JSON.stringify(query.data.metadata, null, 2)} />
          </SpaceBetween>
        </Container>
      )}
      <QueryTable<Similar>
        title={t('recommender.similar')}
        asked={['similar', tenant, scenario_id, item_id]}
        load={async () => (await answer(api.GET('/api/v1/items/{scenario_id}/{item_id}/similar', asked))).data.items}
        columns={similarColumns(t, (id) => itemPath(tenant, scenario_id, id))}
      />
    </SpaceBetween>
  );
}

function similarColumns(t: Tell, pathOf: (item: string) => string): TableProps.ColumnDefinition<Similar>[] {
  return [
    {
      id: 'item',
      minWidth: 120,
      header: t('recommender.item'),
      isRowHeader: true,
      cell: (one) => <AppLink to={pathOf(one.item_id)}>{one.item_id}</AppLink>,
    },
    { id: 'score', header: t('recommender.score'), cell: ({ score }) => score.toFixed(3) },
    { id: 'overlap', header: t('recommender.overlap'), cell: ({ overlap }) => <Count of={overlap} /> },
    { id: 'source', header: t('recommender.source'), cell: ({ source }) => t(`recommender.from-${source}`) },
    {
      id: 'metadata',
      header: t('recommender.metadata'),
      cell: ({ metadata }) => <StoredText text={JSON.stringify(metadata)} most={300} />,
    },
  ];
}
