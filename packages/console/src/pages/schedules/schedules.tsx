import SpaceBetween from '@cloudscape-design/components/space-between';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { type Address, useAddress } from '../../lists/address.ts';
import { AppLink } from '../../lists/app-link.tsx';
import type { Column } from '../../lists/column.ts';
import { momentColumn, stateColumn, textColumn } from '../../lists/columns.tsx';
import { ChoiceFilter, DayFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { ListTable } from '../../lists/list-table.tsx';
import { stateText, type Tell, useTexts } from '../../texts/index.ts';
import { StateLabel } from '../../values/state-label.tsx';
import { momentOf } from '../runs/run-filter.ts';
import { Backfill } from './backfill.tsx';
import { Calendar } from './calendar.tsx';
import { ScheduleTable } from './schedule-table.tsx';

type Slot = components['schemas']['Slot'];

const slotStates = ['started', 'missed', 'skipped', 'caught-up', 'backfilled'] as const;

/** Each time that a schedule was due, what came of it, and a span to run again. */
export default function Schedules() {
  const { t } = useTexts();
  const address = useAddress();
  const filter = slotFilter(address);
  return (
    <SpaceBetween size="l">
      <ListTable<Slot>
        name="slots"
        title={t('schedules.title')}
        description={t('schedules.about')}
        columns={slotColumns(t)}
        filter={filter}
        load={async (place) =>
          (await answer(api.GET('/platform/slots', { params: { query: { ...filter, ...place } } }))).result
        }
        rowId={({ schedule, scheduled_at }) => `${schedule} ${scheduled_at}`}
        empty={{ title: t('schedules.empty'), advice: t('schedules.empty-advice') }}
        filters={
          <FilterRow>
            <TextFilter address={address} name="schedule" label={t('schedules.schedule')} />
            <ChoiceFilter
              address={address}
              name="state"
              label={t('runs.state')}
              choices={slotStates.map((value) => ({ value, label: stateText(t, value) }))}
            />
            <DayFilter address={address} name="from" label={t('runs.from')} />
            <DayFilter address={address} name="to" label={t('runs.to')} />
          </FilterRow>
        }
      />
      <Calendar />
      <ScheduleTable />
      <Backfill />
    </SpaceBetween>
  );
}

function slotFilter({ get }: Address) {
  const state = slotStates.find((known) => known === get('state'));
  const [from, to] = [momentOf(get('from')), momentOf(get('to'))];
  return {
    ...(get('schedule') ? { schedule: get('schedule') } : {}),
    ...(state ? { state } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

function slotColumns(t: Tell): readonly Column<Slot>[] {
  return [
    textColumn('schedule', t('schedules.schedule'), ({ schedule }) => schedule),
    momentColumn('due', t('schedules.due'), ({ scheduled_at }) => scheduled_at),
    stateColumn(t('runs.state'), ({ state }) => state),
    {
      id: 'run',
      header: t('schedules.run'),
      csv: ({ run }) => run,
      cell: ({ run, workload, run_state }) =>
        // What runs beside the book of runs has a name, and no page.
        run === null || workload === null || run_state === null ? (
          (run ?? '–')
        ) : (
          <AppLink to={`/runs/${workload}/${encodeURIComponent(run)}`}>{run}</AppLink>
        ),
    },
    {
      id: 'run-state',
      header: t('schedules.run-state'),
      csv: ({ run_state }) => run_state,
      cell: ({ run_state }) => (run_state === null ? '–' : <StateLabel state={run_state} />),
    },
    textColumn('who', t('schedules.who'), ({ who }) => who),
  ];
}
