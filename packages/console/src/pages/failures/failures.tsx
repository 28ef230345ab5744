import SpaceBetween from '@cloudscape-design/components/space-between';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { type Address, useAddress } from '../../lists/address.ts';
import { AppLink } from '../../lists/app-link.tsx';
import type { Column } from '../../lists/column.ts';
import { countColumn, momentColumn, optional, stateColumn, textColumn } from '../../lists/columns.tsx';
import { ChoiceFilter, DayFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { ListTable } from '../../lists/list-table.tsx';
import { stateText, type Tell, useTexts } from '../../texts/index.ts';
import { workloads } from '../runs/run-filter.ts';
import { ChangeMany } from './change-many.tsx';
import { failureFilter, failureStates, sourceKinds } from './failure-filter.ts';
import { FailureGroups } from './failure-groups.tsx';
import { FailuresOverTime } from './failures-over-time.tsx';
import { Replays } from './replays.tsx';

type Failure = components['schemas']['FailureSummary'];

/** What was given up, by reason and one by one. */
export default function Failures() {
  const { t } = useTexts();
  const address = useAddress();
  const filter = failureFilter(address);
  const state = failureStates.find((known) => known === address.get('state'));
  const query = { ...filter, ...(state ? { state } : {}) };
  return (
    <SpaceBetween size="l">
      <ListTable<Failure>
        name="failures"
        title={t('failures.title')}
        description={t('failures.about')}
        columns={failureColumns(t)}
        filter={query}
        load={async (place) =>
          (await answer(api.GET('/platform/failures', { params: { query: { ...query, ...place } } }))).result
        }
        rowId={({ id }) => String(id)}
        empty={{ title: t('failures.empty'), advice: t('failures.empty-advice') }}
        actions={<ChangeMany filter={filter} />}
        filters={<Filters address={address} />}
      />
      <FailuresOverTime filter={query} />
      <FailureGroups filter={query} address={address} />
      <Replays />
    </SpaceBetween>
  );
}

function Filters({ address }: { readonly address: Address }) {
  const { t } = useTexts();
  const named = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
  const states = failureStates.map((value) => ({ value, label: stateText(t, value) }));
  return (
    <FilterRow>
      <ChoiceFilter address={address} name="state" label={t('runs.state')} choices={states} />
      <ChoiceFilter address={address} name="workload" label={t('runs.workload')} choices={named(workloads)} />
      <ChoiceFilter address={address} name="kind" label={t('failures.kind')} choices={named(sourceKinds)} />
      <TextFilter address={address} name="source" label={t('failures.source')} />
      <TextFilter address={address} name="reason" label={t('failures.reason')} />
      <DayFilter address={address} name="from" label={t('runs.from')} />
      <DayFilter address={address} name="to" label={t('runs.to')} />
    </FilterRow>
  );
}

function failureColumns(t: Tell): readonly Column<Failure>[] {
  return [
    {
      id: 'id',
      header: t('failures.id'),
      cell: ({ id }) => <AppLink to={`/failures/${id}`}>{String(id)}</AppLink>,
      csv: ({ id }) => id,
    },
    textColumn('reason', t('failures.reason'), ({ reason }) => reason),
    stateColumn(t('runs.state'), ({ state }) => state),
    textColumn('workload', t('runs.workload'), ({ workload }) => workload),
    textColumn('source', t('failures.source'), ({ source_name }) => source_name),
    textColumn('message', t('failures.message'), ({ message }) => message),
    momentColumn('occurred', t('failures.occurred'), ({ occurred_at }) => occurred_at),
    countColumn('attempts', t('failures.attempts'), ({ attempts }) => attempts),
    optional(textColumn('note', t('failures.note'), ({ note }) => note)),
    optional(textColumn('changed-by', t('failures.changed-by'), ({ changed_by }) => changed_by)),
  ];
}
