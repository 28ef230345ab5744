import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { components } from '../../api/schema.gen';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { lookAgainMs, ofTenant, wholePage } from './tenant-headers.ts';

type Model = components['schemas']['RecommenderModel'];

interface ModelsProps {
  readonly tenant: string;
  readonly scenario: string | undefined;
}

/** Trained models beside each other with their figures; any of them is put online here, an older one too. */
export function Models({ tenant, scenario }: ModelsProps) {
  const { t } = useTexts();
  const filter = { ...wholePage, ...(scenario ? { scenario_id: scenario } : {}) };
  const query = useQuery({
    queryKey: ['models', tenant, scenario],
    queryFn: async () =>
      (await answer(api.GET('/api/v1/models', { ...ofTenant(tenant), params: { query: filter } }))).data,
    refetchInterval: lookAgainMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return (
    <Table<Model>
      variant="container"
      loading={query.isPending}
      loadingText={t('list.loading')}
      header={
        <Header variant="h2" counter={`(${query.data?.total ?? 0})`}>
          {t('recommender.models')}
        </Header>
      }
      items={[...(query.data?.items ?? [])]}
      empty={t('recommender.no-models')}
      wrapLines
      columnDefinitions={[
        ...modelColumns(t).map((column) => ({ ...column, minWidth: readableWidth })),
        {
          id: 'promote',
          header: t('recommender.promote'),
          cell: (model) => <Promote model={model} tenant={tenant} again={query.refetch} />,
        },
      ]}
    />
  );
}

// A heading of four Chinese characters stays in one line.
const readableWidth = 100;

function modelColumns(t: Tell): TableProps.ColumnDefinition<Model>[] {
  return [
    { id: 'id', header: t('recommender.model'), isRowHeader: true, cell: ({ model_id }) => model_id },
    { id: 'scenario', header: t('recommender.scenario'), cell: ({ scenario_id }) => scenario_id },
    { id: 'kind', header: t('recommender.kind'), cell: ({ kind }) => kind },
    { id: 'state', header: t('runs.state'), cell: ({ state }) => <StateLabel state={state} /> },
    { id: 'metrics', header: t('recommender.metrics'), cell: ({ metrics }) => figures(metrics.own) },
    { id: 'because', header: t('recommender.because'), cell: ({ chosen_because }) => chosen_because },
    { id: 'created', header: t('recommender.created'), cell: ({ created_at }) => <Moment at={created_at} /> },
  ];
}

/** `recall 0.31, ndcg 0.20`: figures between 0 and 1 to three digits. */
function figures(metrics: object): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toFixed(3)) : String(value)}`)
    .join(', ');
}

interface PromoteProps {
  readonly model: Model;
  readonly tenant: string;
  readonly again: () => unknown;
}

function Promote({ model: { model_id, state }, tenant, again }: PromoteProps) {
  const { t } = useTexts();
  const may = useMay('operate');
  const { tell, tellError } = useNotices();
  const promote = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/models/{model_id}/promote', { ...ofTenant(tenant), params: { path: { model_id } } })),
    onSuccess: () => tell(t('recommender.promoted', { id: model_id })),
    onError: tellError,
    onSettled: () => again(),
  });
  if (state === 'online') return <>–</>;
  return (
    <Button
      disabled={may !== true}
      disabledReason={t('action.refused', { permission: 'operate' })}
      loading={promote.isPending}
      ariaLabel={`${t('recommender.promote')} ${model_id}`}
      onClick={() => promote.mutate()}
    >
      {t('recommender.promote')}
    </Button>
  );
}
