import type { TableProps } from '@cloudscape-design/components/table';
import { answer, api } from '../../../api/client.ts';
import type { components } from '../../../api/schema.gen';
import { useAddress } from '../../../lists/address.ts';
import { AppLink } from '../../../lists/app-link.tsx';
import { ChoiceFilter } from '../../../lists/filters.tsx';
import { QueryTable } from '../../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../../texts/index.ts';
import { Count } from '../../../values/numbers.tsx';
import { Percent } from '../percent.tsx';
import { itemPath, type OfScenario, ofTenant } from '../tenant-headers.ts';

type TopItem = components['schemas']['TopItem'];

const orders = ['clicks', 'impressions', 'conversions', 'engagements', 'ctr'] as const;
const everyMs = 60_000;
const shown = 20;

/** The items that stood out, by a figure of the reader's choice. */
export function TopItems({ tenant, scenario }: OfScenario) {
  const { t } = useTexts();
  const address = useAddress();
  const by = orders.find((known) => known === address.get('top')) ?? 'clicks';
  const query = { by, limit: shown, ...(scenario ? { scenario_id: scenario } : {}) };
  return (
    <QueryTable<TopItem>
      title={t('recommender.top-items')}
      description={t('recommender.last-week')}
      asked={['top-items', tenant, query]}
      everyMs={everyMs}
      load={async () =>
        (await answer(api.GET('/api/v1/metrics/top-items', { ...ofTenant(tenant), params: { query } }))).data.items
      }
      empty={t('recommender.nothing-shown')}
      actions={
        <ChoiceFilter
          address={address}
          name="top"
          label={t('recommender.order')}
          choices={orders.map((value) => ({ value, label: t(`recommender.${value}`) }))}
          standard="clicks"
        />
      }
      columns={topColumns(t, tenant)}
    />
  );
}

function topColumns(t: Tell, tenant: string): TableProps.ColumnDefinition<TopItem>[] {
  return [
    {
      id: 'item',
      header: t('recommender.item'),
      isRowHeader: true,
      cell: ({ scenario_id, item_id }) => <AppLink to={itemPath(tenant, scenario_id, item_id)}>{item_id}</AppLink>,
    },
    { id: 'scenario', header: t('recommender.scenario'), cell: ({ scenario_id }) => scenario_id },
    {
      id: 'impressions',
      header: t('recommender.impressions'),
      cell: ({ impressions }) => <Count of={impressions} />,
    },
    { id: 'clicks', header: t('recommender.clicks'), cell: ({ clicks }) => <Count of={clicks} /> },
    { id: 'ctr', header: t('recommender.ctr'), cell: ({ ctr }) => <Percent of={ctr} /> },
    {
      id: 'conversions',
      header: t('recommender.conversions'),
      cell: ({ conversions }) => <Count of={conversions} />,
    },
  ];
}
