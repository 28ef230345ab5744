import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api } from '../../api/client.ts';
import { AppLink } from '../../lists/app-link.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { FailureActions } from './failure-actions.tsx';
import type { FailureDetail } from './failure-filter.ts';

const lookAgainMs = 5000;

/** One failure: what it failed on, what became of it, and what can be done. */
export default function Failure() {
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: ['failure', id],
    queryFn: async () =>
      (await answer(api.GET('/platform/failures/{id}', { params: { path: { id: Number(id) } } }))).result,
    refetchInterval: lookAgainMs,
  });
  if (query.isPending) return <Waiting lines={6} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return <ShownFailure key={id} failure={query.data} again={query.refetch} />;
}

function ShownFailure({ failure, again }: { readonly failure: FailureDetail; readonly again: () => unknown }) {
  const { t } = useTexts();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={<StoredText text={failure.message} most={2000} />}>
        {t('failure.title', { id: failure.id })}
      </Header>
      <Container header={<Header variant="h2">{t('failure.facts')}</Header>}>
        <Facts failure={failure} />
      </Container>
      <FailureActions failure={failure} again={again} />
      <Lineage failures={failure.lineage} />
      {failure.stack !== null && (
        <ExpandableSection variant="container" headerText={t('failure.stack')}>
          <StoredText block text={failure.stack} />
        </ExpandableSection>
      )}
      <ExpandableSection variant="container" headerText={t('failure.attributes')}>
        <StoredText block text={JSON.stringify(failure.attributes, undefined, 2)} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Facts({ failure }: { readonly failure: FailureDetail }) {
  const { t } = useTexts();
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: t('runs.state'), value: <StateLabel state={failure.state} /> },
        { label: t('failures.reason'), value: failure.reason },
        { label: t('runs.workload'), value: failure.workload },
        { label: t('failures.source'), value: `${failure.source_kind} ${failure.source_name}` },
        { label: t('failures.occurred'), value: <Moment at={failure.occurred_at} /> },
        { label: t('failures.attempts'), value: <Count of={failure.attempts} /> },
        { label: t('failures.changed-by'), value: failure.changed_by ?? '–' },
        { label: t('failures.note'), value: failure.note ?? '–' },
      ]}
    />
  );
}

function Lineage({ failures }: { readonly failures: FailureDetail['lineage'] }) {
  const { t } = useTexts();
  if (failures.length < 2) return null;
  return (
    <Table
      variant="container"
      header={<Header variant="h2">{t('failure.lineage')}</Header>}
      items={[...failures]}
      columnDefinitions={[
        {
          id: 'id',
          header: t('failures.id'),
          isRowHeader: true,
          cell: ({ id }) => <AppLink to={`/failures/${id}`}>{String(id)}</AppLink>,
        },
        { id: 'state', header: t('runs.state'), cell: ({ state }) => <StateLabel state={state} /> },
        { id: 'reason', header: t('failures.reason'), cell: ({ reason }) => reason },
        { id: 'occurred', header: t('failures.occurred'), cell: ({ occurred_at }) => <Moment at={occurred_at} /> },
        { id: 'by', header: t('failures.changed-by'), cell: ({ changed_by }) => changed_by ?? '–' },
      ]}
    />
  );
}
