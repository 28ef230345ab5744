import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { AppLink } from '../../lists/app-link.tsx';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';

const mostReasons = 8;
const lookAgainMs = 5000;

/** What is open, by reason: the largest groups first, each leading to its failures. */
export function OpenFailures() {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['open-failures'],
    queryFn: async () =>
      (await answer(api.GET('/platform/failures', { params: { query: { state: 'open', start: 0, length: 1 } } })))
        .result,
    refetchInterval: lookAgainMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const place = (group: { workload: string; source_name: string; reason: string }) =>
    `/failures?${new URLSearchParams({ state: 'open', workload: group.workload, source: group.source_name, reason: group.reason })}`;
  return (
    <Table
      variant="container"
      loading={query.isPending}
      loadingText={t('list.loading')}
      items={query.data?.groups.slice(0, mostReasons) ?? []}
      header={
        <Header variant="h2" counter={query.data ? `(${query.data.total})` : ''}>
          {t('overview.failures')}
        </Header>
      }
      empty={t('overview.no-failures')}
      columnDefinitions={[
        {
          id: 'reason',
          header: t('failures.reason'),
          isRowHeader: true,
          cell: (group) => <AppLink to={place(group)}>{group.reason}</AppLink>,
        },
        { id: 'workload', header: t('runs.workload'), cell: ({ workload }) => workload },
        { id: 'source', header: t('failures.source'), cell: ({ source_name }) => source_name },
        { id: 'count', header: t('failures.count'), cell: ({ count }) => <Count of={count} /> },
        { id: 'last', header: t('failures.last'), cell: ({ last_at }) => <Moment at={last_at} /> },
      ]}
    />
  );
}
