import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { components } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';

type Workload = components['schemas']['WorkloadOverview'];
type Reason = components['schemas']['OpenReason'];

const mostReasons = 8;

/** What is open, by reason: the largest groups first, each leading to its failures. */
export function OpenFailures({ workloads }: { readonly workloads: readonly Workload[] }) {
  const { t, language } = useTexts();
  const told = workloads.flatMap(({ failures }) => failures ?? []);
  const open = told.reduce((all, failures) => all + failures.open, 0);
  const reasons = told.flatMap((failures) => failures.reasons).sort((a, b) => b.count - a.count);
  return (
    <Table<Reason>
      variant="container"
      items={reasons.slice(0, mostReasons)}
      header={
        <Header variant="h2" counter={told.length === 0 ? '' : `(${open.toLocaleString(language)})`}>
          {t('overview.failures')}
        </Header>
      }
      empty={t(told.length === 0 ? 'overview.may-not' : 'overview.no-failures')}
      columnDefinitions={[
        {
          id: 'reason',
          header: t('failures.reason'),
          isRowHeader: true,
          cell: (group) => <AppLink to={placeOf(group)}>{group.reason}</AppLink>,
        },
        { id: 'workload', header: t('runs.workload'), cell: ({ workload }) => workload },
        { id: 'source', header: t('failures.source'), cell: ({ source_name }) => source_name },
        { id: 'count', header: t('failures.count'), cell: ({ count }) => <Count of={count} /> },
        { id: 'last', header: t('failures.last'), cell: ({ last_at }) => <Moment at={last_at} /> },
      ]}
    />
  );
}

function placeOf({ workload, source_name, reason }: Reason): string {
  return `/failures?${new URLSearchParams({ state: 'open', workload, source: source_name, reason })}`;
}
