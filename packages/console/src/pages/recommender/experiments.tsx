import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { lookAgainMs, ofTenant, wholePage } from './tenant-headers.ts';

type Experiment = components['schemas']['RecommenderExperiment'];

/** Experiments with the share of each variant. */
export function Experiments({ tenant, scenario }: { readonly tenant: string; readonly scenario: string | undefined }) {
  const { t } = useTexts();
  const filter = { ...wholePage, ...(scenario ? { scenario_id: scenario } : {}) };
  const query = useQuery({
    queryKey: ['experiments', tenant, scenario],
    queryFn: async () =>
      (await answer(api.GET('/api/v1/experiments', { ...ofTenant(tenant), params: { query: filter } }))).data,
    refetchInterval: lookAgainMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return (
    <Table<Experiment>
      variant="container"
      loading={query.isPending}
      loadingText={t('list.loading')}
      header={<Header variant="h2">{t('recommender.experiments')}</Header>}
      items={[...(query.data?.items ?? [])]}
      empty={t('recommender.no-experiments')}
      columnDefinitions={[
        { id: 'name', header: t('recommender.name'), isRowHeader: true, cell: ({ name }) => name },
        { id: 'scenario', header: t('recommender.scenario'), cell: ({ scenario_id }) => scenario_id },
        { id: 'state', header: t('runs.state'), cell: ({ state }) => <StateLabel state={state} /> },
        {
          id: 'variants',
          header: t('recommender.variants'),
          cell: ({ variants }) => variants.map(({ name, traffic }) => `${name} ${traffic} %`).join(', '),
        },
        { id: 'started', header: t('runs.started'), cell: ({ started_at }) => <Moment at={started_at} /> },
      ]}
    />
  );
}
