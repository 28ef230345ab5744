import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../api/client.ts';
import type { components } from '../../../api/schema.gen';
import { useAddress } from '../../../lists/address.ts';
import { Problem } from '../../../lists/problem.tsx';
import { RowsTable } from '../../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../../texts/index.ts';
import { Moment } from '../../../values/moment.tsx';
import { StateLabel } from '../../../values/state-label.tsx';
import { type OfScenario, ofTenant, wholePage } from '../tenant-headers.ts';
import { CompareModels } from './compare-models.tsx';
import { modelName } from './model-name.ts';
import { Promote } from './promote.tsx';
import { Train } from './train.tsx';

type Model = components['schemas']['RecommenderModel'];

// A training of a small scenario takes some seconds.
const lookAgainMs = 3000;
// More do not stand beside each other on a screen.
const mostCompared = 4;

/** Trained models with their figures; those that are picked out stand beside each other, and any of them is put online. */
export function Models({ tenant, scenario }: OfScenario) {
  const { t } = useTexts();
  const address = useAddress();
  const query = { ...wholePage, ...(scenario ? { scenario_id: scenario } : {}) };
  const { data, isError, error, refetch } = useQuery({
    queryKey: ['models', tenant, scenario],
    queryFn: async () =>
      (await answer(api.GET('/api/v1/models', { ...ofTenant(tenant), params: { query } }))).data.items,
    refetchInterval: lookAgainMs,
  });
  if (isError) return <Problem error={error} again={refetch} />;
  const ids = (address.get('models') ?? '').split(',').filter(Boolean);
  const selected = ids.flatMap((id) => data?.find(({ model_id }) => model_id === id) ?? []);
  return (
    <SpaceBetween size="l">
      <RowsTable<Model>
        title={t('recommender.models')}
        description={t('recommender.models-about')}
        actions={<Train tenant={tenant} scenario={scenario} />}
        rows={data}
        empty={t('recommender.no-models')}
        selection={{
          selected,
          select: (rows) => address.set({ models: addedLast(ids, rows).slice(0, mostCompared).join(',') }),
          rowId: ({ model_id }) => model_id,
        }}
        columns={[
          ...modelColumns(t).map((column) => ({ minWidth: readableWidth, ...column })),
          {
            id: 'promote',
            header: t('recommender.promote'),
            minWidth: 140,
            cell: (model) => <Promote model={model} tenant={tenant} />,
          },
        ]}
      />
      {selected.length > 1 && <CompareModels models={selected} tenant={tenant} />}
    </SpaceBetween>
  );
}

/** The one that was picked out first stays the first: the others are told beside it. */
function addedLast(before: readonly string[], rows: readonly Model[]): readonly string[] {
  const now = rows.map(({ model_id }) => model_id);
  return [...before.filter((id) => now.includes(id)), ...now.filter((id) => !before.includes(id))];
}

// A heading of four Chinese characters stays in one line.
const readableWidth = 100;

function modelColumns(t: Tell): TableProps.ColumnDefinition<Model>[] {
  return [
    {
      id: 'id',
      header: t('recommender.model'),
      isRowHeader: true,
      cell: (model) => <span title={model.model_id}>{modelName(model)}</span>,
    },
    { id: 'scenario', header: t('recommender.scenario'), cell: ({ scenario_id }) => scenario_id },
    { id: 'state', header: t('runs.state'), minWidth: 120, cell: ({ state }) => <StateLabel state={state} /> },
    { id: 'metrics', header: t('recommender.metrics'), minWidth: 180, cell: ({ metrics }) => figures(metrics.own) },
    {
      id: 'because',
      header: t('recommender.because'),
      minWidth: 220,
      cell: ({ chosen_because }) => chosen_because,
    },
    { id: 'created', header: t('recommender.created'), cell: ({ created_at }) => <Moment at={created_at} /> },
  ];
}

/** A figure a line; between 0 and 1 to three digits. */
function figures(metrics: object) {
  return (
    <ul className="plain">
      {Object.entries(metrics).map(([name, value]) => (
        <li key={name}>
          {name}{' '}
          <strong className="number">{typeof value === 'number' ? Number(value.toFixed(3)) : String(value)}</strong>
        </li>
      ))}
    </ul>
  );
}
