import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../api/client.ts';
import type { components } from '../../../api/schema.gen';
import { useAddress } from '../../../lists/address.ts';
import { AppLink } from '../../../lists/app-link.tsx';
import { Problem } from '../../../lists/problem.tsx';
import { RowsTable } from '../../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../../texts/index.ts';
import { scenariosOf } from '../scenario-list.ts';
import { itemPath } from '../tenant-headers.ts';

type Item = components['schemas']['RecommendedItem'];

interface RecommendedProps {
  readonly tenant: string;
  readonly user: string;
}

const shown = 20;

/** What the user would get now, and why. It is asked for by a click: whom an experiment counts is shown something. */
export function Recommended({ tenant, user }: RecommendedProps) {
  const { t } = useTexts();
  const { get, set } = useAddress();
  const scenarios = useQuery({ queryKey: scenariosOf(tenant).asked, queryFn: scenariosOf(tenant).load });
  const scenario = get('scenario') ?? scenarios.data?.[0]?.scenario_id;
  const ask = useAsk({ tenant, user, scenario });
  return (
    <>
      {ask.isError && <Problem error={ask.error} again={() => ask.mutate()} />}
      <RowsTable<Item>
        title={t('recommender.recommended')}
        description={t('recommender.recommended-about')}
        rows={ask.isPending ? undefined : (ask.data ?? [])}
        empty={t('recommender.ask-first')}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Select
              ariaLabel={t('recommender.scenario')}
              selectedOption={scenario === undefined ? null : { value: scenario, label: scenario }}
              options={(scenarios.data ?? []).map(({ scenario_id }) => ({ value: scenario_id, label: scenario_id }))}
              onChange={({ detail }) => set({ scenario: detail.selectedOption.value })}
            />
            <Button disabled={scenario === undefined} loading={ask.isPending} onClick={() => ask.mutate()}>
              {t('recommender.ask')}
            </Button>
          </SpaceBetween>
        }
        columns={recommendedColumns(t, (id) => itemPath(tenant, scenario ?? '', id))}
      />
    </>
  );
}

interface Asked extends RecommendedProps {
  readonly scenario: string | undefined;
}

function useAsk({ tenant, user, scenario }: Asked) {
  return useMutation({
    mutationFn: async () =>
      (
        await answer(
          api.POST('/api/v1/recommend', {
            headers: { 'x-tenant-id': tenant, 'x-user-id': user },
            body: { scenario_id: scenario ?? '', count: shown, debug: true, filters: { tags: [] }, context: {} },
          }),
        )
      ).data.items,
  });
}

/** The items that the user acted on, which speak for this one. */
function Because({ item: { debug } }: { readonly item: Item }) {
  const history = new Set((debug?.strategies ?? []).flatMap((one) => one.history));
  return <>{[...history].join(', ') || '–'}</>;
}

function recommendedColumns(t: Tell, pathOf: (item: string) => string): TableProps.ColumnDefinition<Item>[] {
  return [
    {
      id: 'item',
      minWidth: 120,
      header: t('recommender.item'),
      isRowHeader: true,
      cell: ({ item_id }) => <AppLink to={pathOf(item_id)}>{item_id}</AppLink>,
    },
    { id: 'score', header: t('recommender.score'), cell: ({ score }) => score.toFixed(3) },
    { id: 'strategy', header: t('recommender.by-strategy'), cell: ({ strategy }) => strategy },
    { id: 'reason', header: t('failures.reason'), cell: ({ reason }) => reason },
    {
      id: 'because',
      header: t('recommender.speaks-for'),
      cell: (item) => <Because item={item} />,
    },
  ];
}
