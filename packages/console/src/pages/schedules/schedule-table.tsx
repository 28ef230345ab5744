import Button from '@cloudscape-design/components/button';
import type { TableProps } from '@cloudscape-design/components/table';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { components } from '../../api/schema.gen';
import { useNotices } from '../../lists/notices.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { StateLabel } from '../../values/state-label.tsx';

type Schedule = components['schemas']['Schedule'];

/** Every schedule, when it is due, and a way to run, pause and resume it. */
export function ScheduleTable() {
  const { t } = useTexts();
  return (
    <QueryTable<Schedule>
      title={t('schedules.all')}
      asked={['schedules']}
      load={async () => (await answer(api.GET('/platform/schedules'))).result.data}
      columns={scheduleColumns(t)}
    />
  );
}

function scheduleColumns(t: Tell): TableProps.ColumnDefinition<Schedule>[] {
  return [
    { id: 'schedule', header: t('schedules.schedule'), isRowHeader: true, cell: ({ schedule }) => schedule },
    { id: 'state', header: t('runs.state'), minWidth: 110, cell: (row) => <StateLabel state={stateOf(row)} /> },
    { id: 'due', header: t('schedules.due'), cell: (row) => `${row.expression} ${row.time_zone}` },
    { id: 'by', header: t('failures.changed-by'), cell: ({ paused }) => paused?.by ?? '–' },
    { id: 'note', header: t('failures.note'), cell: ({ paused }) => paused?.note ?? '–' },
    { id: 'actions', header: t('list.actions'), minWidth: 170, cell: (row) => <Actions schedule={row} /> },
  ];
}

function stateOf({ enabled, paused }: Schedule): string {
  if (!enabled) return 'off';
  return paused ? 'paused' : 'active';
}

type Action = 'now' | 'pause' | 'resume';

function Actions({ schedule }: { readonly schedule: Schedule }) {
  const { t } = useTexts();
  const may = useMay('operate');
  const act = useAction(schedule);
  return (
    <div className="row-actions">
      {(['now', schedule.paused ? 'resume' : 'pause'] as const).map((action) => (
        <Button
          key={action}
          variant="inline-link"
          wrapText={false}
          disabled={may !== true}
          disabledReason={t('action.refused', { permission: 'operate' })}
          loading={act.isPending && act.variables === action}
          ariaLabel={`${t(`schedules.${action}`)} ${schedule.schedule}`}
          onClick={() => act.mutate(action)}
        >
          {t(`schedules.${action}`)}
        </Button>
      ))}
    </div>
  );
}

function useAction({ schedule }: Schedule) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  const [workload = '', name = ''] = schedule.split('/');
  const params = { path: { workload, name } };
  return useMutation({
    mutationFn: async (action: Action): Promise<unknown> => {
      const body = {};
      if (action === 'now') return answer(api.POST('/platform/schedules/{workload}/{name}/run', { params, body }));
      if (action === 'pause') return answer(api.POST('/platform/schedules/{workload}/{name}/pause', { params, body }));
      return answer(api.POST('/platform/schedules/{workload}/{name}/resume', { params, body }));
    },
    onSuccess: (_, action) => tell(t('schedules.done', { action: t(`schedules.${action}`), schedule })),
    onError: tellError,
    onSettled: () => queries.invalidateQueries(),
  });
}
