import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import type { Address } from '../../lists/address.ts';
import { Clipped } from '../../lists/columns.tsx';
import { Problem } from '../../lists/problem.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';
import type { FailureFilter } from './failure-filter.ts';

type Group = components['schemas']['FailureGroup'];

/** How many failures have one reason, the largest group first; one press shows one group alone. */
export function FailureGroups({ filter, address }: { readonly filter: FailureFilter; readonly address: Address }) {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['failure-groups', filter],
    queryFn: async () =>
      (await answer(api.GET('/platform/failures', { params: { query: { ...filter, start: 0, length: 1 } } }))).result,
    placeholderData: keepPreviousData,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return (
    <ExpandableSection
      variant="container"
      headerText={t('failures.groups')}
      headerCounter={query.data ? `(${query.data.groups.length})` : ''}
      defaultExpanded
    >
      <Table
        variant="embedded"
        loading={query.isPending}
        loadingText={t('list.loading')}
        items={query.data?.groups.slice(0, 50) ?? []}
        empty={t('failures.empty')}
        columnDefinitions={groupColumns(t, address)}
      />
    </ExpandableSection>
  );
}

function groupColumns(t: Tell, address: Address): TableProps.ColumnDefinition<Group>[] {
  return [
    { id: 'reason', header: t('failures.reason'), isRowHeader: true, cell: ({ reason }) => <Clipped text={reason} /> },
    { id: 'workload', header: t('runs.workload'), cell: ({ workload }) => workload },
    { id: 'source', header: t('failures.source'), cell: ({ source_name }) => <Clipped text={source_name} /> },
    { id: 'count', header: t('failures.count'), cell: ({ count }) => <Count of={count} /> },
    { id: 'first', header: t('failures.first'), cell: ({ first_at }) => <Moment at={first_at} /> },
    { id: 'last', header: t('failures.last'), cell: ({ last_at }) => <Moment at={last_at} /> },
    {
      id: 'only',
      header: t('failures.group'),
      cell: ({ workload, source_name, reason }) => (
        <Button
          variant="inline-link"
          ariaLabel={`${t('failures.group')}: ${reason}`}
          onClick={() => address.set({ workload, source: source_name, reason })}
        >
          {t('failures.group')}
        </Button>
      ),
    },
  ];
}
