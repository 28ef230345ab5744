import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { Problem } from '../../lists/problem.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { lookAgainMs, ofTenant, wholePage } from './tenant-headers.ts';

type Scenario = components['schemas']['Scenario'];

interface ScenariosProps {
  readonly tenant: string;
  readonly choose: (scenario: string) => void;
}

/** The scenarios of a tenant; one that is chosen is what the rest of the page is about. */
export function Scenarios({ tenant, choose }: ScenariosProps) {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['scenarios', tenant],
    queryFn: async () =>
      (await answer(api.GET('/api/v1/scenarios', { ...ofTenant(tenant), params: { query: wholePage } }))).data,
    refetchInterval: lookAgainMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return (
    <Table<Scenario>
      variant="container"
      loading={query.isPending}
      loadingText={t('list.loading')}
      header={
        <Header variant="h2" counter={`(${query.data?.total ?? 0})`}>
          {t('recommender.scenarios')}
        </Header>
      }
      items={[...(query.data?.items ?? [])]}
      empty={t('recommender.no-scenarios')}
      columnDefinitions={scenarioColumns(t, choose)}
    />
  );
}

function scenarioColumns(t: Tell, choose: ScenariosProps['choose']): TableProps.ColumnDefinition<Scenario>[] {
  return [
    {
      id: 'id',
      header: t('recommender.scenario'),
      isRowHeader: true,
      cell: ({ scenario_id }) => (
        <Button variant="inline-link" onClick={() => choose(scenario_id)}>
          {scenario_id}
        </Button>
      ),
    },
    { id: 'name', header: t('recommender.name'), cell: ({ name }) => name },
    { id: 'type', header: t('recommender.type'), cell: ({ type }) => type },
    { id: 'rank', header: t('recommender.objective'), cell: ({ config }) => config.rank.objective },
    {
      id: 'days',
      header: t('recommender.days'),
      cell: ({ config }) => <Count of={config.retention.behavior_days} />,
    },
    { id: 'state', header: t('runs.state'), cell: ({ state }) => <StateLabel state={state} /> },
  ];
}
