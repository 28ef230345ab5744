import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { paths } from '../../api/schema.gen';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { stateText, type Tell, useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Cost, Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';

type Platform = paths['/briefs/platforms']['get']['responses'][200]['content']['application/json']['data'][number];

const lookAgainMs = 5000;

/** How each platform stands; one is probed, paused and resumed here. */
export function Platforms() {
  const { t } = useTexts();
  const may = useMay('operate');
  const query = useQuery({
    queryKey: ['platforms'],
    enabled: may === true,
    queryFn: async () => (await answer(api.GET('/briefs/platforms'))).data,
    refetchInterval: lookAgainMs,
  });
  if (may === false) return null;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return (
    <Table<Platform>
      variant="container"
      loading={query.isPending}
      loadingText={t('list.loading')}
      header={<Header variant="h2">{t('briefs.platforms')}</Header>}
      items={[...(query.data ?? [])]}
      columnDefinitions={[
        ...platformColumns(t),
        {
          id: 'actions',
          header: t('list.actions'),
          minWidth: 170,
          cell: (row) => <Actions platform={row} again={query.refetch} />,
        },
      ]}
    />
  );
}

function platformColumns(t: Tell): TableProps.ColumnDefinition<Platform>[] {
  return [
    { id: 'title', header: t('briefs.platform'), isRowHeader: true, cell: ({ title }) => title },
    { id: 'state', header: t('runs.state'), cell: ({ state }) => <StateLabel state={state} /> },
    { id: 'reason', header: t('briefs.why'), cell: ({ reason }) => reason ?? '–' },
    { id: 'calls', header: t('briefs.calls'), cell: ({ calls_today }) => <Count of={calls_today} /> },
    { id: 'cost', header: t('briefs.cost'), cell: ({ cost_today_usd }) => <Cost usd={cost_today_usd} /> },
    { id: 'budget', header: t('briefs.budget'), cell: ({ budget_per_day_usd }) => <Cost usd={budget_per_day_usd} /> },
    { id: 'waiting', header: t('briefs.waiting'), cell: ({ waiting }) => <Count of={waiting} /> },
    { id: 'success', header: t('briefs.last-success'), cell: (row) => <Moment at={row.last_success_at} /> },
  ];
}

type Action = 'probe' | 'pause' | 'resume';

function Actions({ platform, again }: { readonly platform: Platform; readonly again: () => unknown }) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const params = { path: { name: platform.name } };
  const act = useMutation({
    mutationFn: async (action: Action) => {
      if (action === 'probe') return answer(api.POST('/briefs/platforms/{name}/probe', { params }));
      if (action === 'pause') return answer(api.POST('/briefs/platforms/{name}/pause', { params, body: {} }));
      return answer(api.POST('/briefs/platforms/{name}/resume', { params }));
    },
    onSuccess: ({ data }) =>
      tell(t('briefs.changed', { name: platform.title, state: 'state' in data ? stateText(t, data.state) : '' })),
    onError: tellError,
    onSettled: () => again(),
  });
  const other = platform.state === 'working' || platform.state === 'slowed' ? 'pause' : 'resume';
  return (
    <div className="row-actions">
      {(['probe', other] as const).map((action) => (
        <Button
          key={action}
          variant="inline-link"
          wrapText={false}
          loading={act.isPending && act.variables === action}
          ariaLabel={`${t(`briefs.${action}`)} ${platform.title}`}
          onClick={() => act.mutate(action)}
        >
          {t(`briefs.${action}`)}
        </Button>
      ))}
    </div>
  );
}
