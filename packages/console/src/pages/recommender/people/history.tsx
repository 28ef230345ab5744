import type { TableProps } from '@cloudscape-design/components/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../api/client.ts';
import type { components } from '../../../api/schema.gen';
import { useAddress } from '../../../lists/address.ts';
import { AppLink } from '../../../lists/app-link.tsx';
import { TextFilter } from '../../../lists/filters.tsx';
import { ListPages } from '../../../lists/list-pages.tsx';
import { Problem } from '../../../lists/problem.tsx';
import { RowsTable } from '../../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../../texts/index.ts';
import { Moment } from '../../../values/moment.tsx';
import { Count } from '../../../values/numbers.tsx';
import { StoredText } from '../../../values/stored-text.tsx';
import { itemPath, ofTenant } from '../tenant-headers.ts';

type Deed = components['schemas']['UserDeed'];

interface HistoryProps {
  readonly tenant: string;
  readonly user: string;
}

const lookAgainMs = 10_000;

/** Everything that a user did and was shown, as it was taken, the newest first. */
export function History({ tenant, user: user_id }: HistoryProps) {
  const { t } = useTexts();
  const address = useAddress();
  const { page, length } = address;
  const page_size = Math.min(length, longestPage);
  const action = address.get('action');
  const query = useQuery({
    queryKey: ['history', tenant, user_id, action, page, page_size],
    queryFn: async () => {
      const params = { path: { user_id }, query: { page, page_size, ...(action ? { action } : {}) } };
      return (await answer(api.GET('/api/v1/users/{user_id}/behaviors', { ...ofTenant(tenant), params }))).data;
    },
    placeholderData: keepPreviousData,
    refetchInterval: lookAgainMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { items, total } = query.data ?? {};
  return (
    <RowsTable<Deed>
      title={t('recommender.history')}
      description={t('recommender.history-about')}
      rows={items}
      total={total}
      empty={t('recommender.no-history')}
      actions={<TextFilter address={address} name="action" label={t('recommender.action')} />}
      pagination={<ListPages page={page} goTo={address.goTo} count={Math.ceil((total ?? 0) / page_size)} />}
      columns={deedColumns(t, tenant)}
    />
  );
}

/** The API's. */
const longestPage = 100;

function deedColumns(t: Tell, tenant: string): TableProps.ColumnDefinition<Deed>[] {
  return [
    { id: 'at', header: t('machine.at'), isRowHeader: true, minWidth: 150, cell: ({ at }) => <Moment at={at} /> },
    { id: 'action', header: t('recommender.action'), cell: ({ action }) => action },
    {
      id: 'item',
      header: t('recommender.item'),
      minWidth: 120,
      cell: ({ scenario_id, item_id }) => <AppLink to={itemPath(tenant, scenario_id, item_id)}>{item_id}</AppLink>,
    },
    { id: 'scenario', header: t('recommender.scenario'), cell: ({ scenario_id }) => scenario_id },
    { id: 'strategy', header: t('recommender.by-strategy'), cell: ({ strategy }) => strategy ?? '–' },
    { id: 'slot', header: t('recommender.by-slot'), cell: ({ slot }) => <Count of={slot} /> },
    {
      id: 'experiment',
      header: t('recommender.by-experiment'),
      cell: ({ experiment_id, experiment_group }) =>
        experiment_id === null ? '–' : `${experiment_id} · ${experiment_group ?? '–'}`,
    },
    { id: 'device', header: t('recommender.device'), cell: ({ device }) => device ?? '–' },
    {
      id: 'extra',
      header: t('recommender.extra'),
      cell: ({ extra }) => <Extra of={extra} />,
    },
  ];
}

function Extra({ of }: { readonly of: Deed['extra'] }) {
  const text = JSON.stringify(of ?? {});
  return text === '{}' ? <>–</> : <StoredText text={text} most={300} />;
}
