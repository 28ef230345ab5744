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
import { Duration } from '../../values/moment.tsx';
import { Cost } from '../../values/numbers.tsx';
import { runFilter, runStates, workloads } from './run-filter.ts';
import { runPlace } from './run-place.ts';
import { RunsTimeline } from './runs-timeline.tsx';

type Run = components['schemas']['Run'];

/** Every run of every workload. */
export default function Runs() {
  const { t } = useTexts();
  const address = useAddress();
  const filter = runFilter(address);
  return (
    <SpaceBetween size="l">
      <ListTable<Run>
        name="runs"
        title={t('runs.title')}
        description={t('runs.about')}
        columns={runColumns(t)}
        filter={filter}
        load={async (place) =>
          (await answer(api.GET('/platform/runs', { params: { query: { ...filter, ...place } } }))).result
        }
        rowId={({ workload, name }) => `${workload}/${name}`}
        empty={{ title: t('runs.empty'), advice: t('runs.empty-advice') }}
        filters={<Filters address={address} />}
      />
      <RunsTimeline filter={filter} />
    </SpaceBetween>
  );
}

function Filters({ address }: { readonly address: Address }) {
  const { t } = useTexts();
  return (
    <FilterRow>
      <ChoiceFilter
        address={address}
        name="workload"
        label={t('runs.workload')}
        choices={workloads.map((value) => ({ value, label: value }))}
      />
      <ChoiceFilter
        address={address}
        name="state"
        label={t('runs.state')}
        choices={runStates.map((value) => ({ value, label: stateText(t, value) }))}
      />
      <ChoiceFilter
        address={address}
        name="lost"
        label={t('runs.lost')}
        choices={[
          { value: 'true', label: t('runs.lost-some') },
          { value: 'false', label: t('runs.lost-none') },
        ]}
      />
      <TextFilter address={address} name="name" label={t('runs.name')} />
      <DayFilter address={address} name="from" label={t('runs.from')} />
      <DayFilter address={address} name="to" label={t('runs.to')} />
    </FilterRow>
  );
}

function runColumns(t: Tell): readonly Column<Run>[] {
  const counts = (['in', 'out', 'failed', 'filtered', 'waiting'] as const).map((id) => {
    const column = countColumn<Run>(id, t(`runs.${id}`), (run) => run.counts[id]);
    return id === 'filtered' || id === 'waiting' ? optional(column) : column;
  });
  return [
    { id: 'name', header: t('runs.name'), cell: (run) => <RunLink run={run} />, csv: ({ name }) => name },
    textColumn('workload', t('runs.workload'), ({ workload }) => workload),
    optional(textColumn('kind', t('runs.kind'), ({ kind }) => kind)),
    stateColumn(t('runs.state'), ({ state }) => state),
    momentColumn('started', t('runs.started'), ({ started_at }) => started_at),
    { id: 'duration', header: t('runs.duration'), cell: (run) => <Duration from={run.started_at} to={run.ended_at} /> },
    ...counts,
    optional(textColumn('waits', t('runs.waits-for'), ({ waits_for }) => waits_for)),
    countColumn('lost', t('runs.lost'), ({ lost }) => lost),
    optional({
      id: 'cost',
      header: t('runs.cost'),
      cell: ({ cost_usd }) => <Cost usd={cost_usd} />,
      csv: ({ cost_usd }) => cost_usd,
    }),
  ];
}

function RunLink({ run }: { readonly run: Run }) {
  return (
    <AppLink to={runPlace(run)}>
      <span className="clipped" title={run.name}>
        {run.name}
      </span>
    </AppLink>
  );
}
