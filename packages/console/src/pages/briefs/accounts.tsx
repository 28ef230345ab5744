import type { TableProps } from '@cloudscape-design/components/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { type Address, scoped, useAddress } from '../../lists/address.ts';
import { FilterRow, TextFilter } from '../../lists/filters.tsx';
import { ListPages } from '../../lists/list-pages.tsx';
import { Problem } from '../../lists/problem.tsx';
import { RowsTable } from '../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { figureColumn } from './articles.tsx';
import { type AccountList, dataOf } from './brief-types.ts';

type Row = Readonly<Record<string, string | number | null>>;

const length = 25;
const atRestMs = 60_000;

/** Who wrote the articles of a stage on one platform, those with most articles first. */
export function Accounts({ stage, platform }: { readonly stage: string; readonly platform: number }) {
  const { t } = useTexts();
  const address = scoped(useAddress(), `${stage.slice(0, 8)}-${platform}-accounts`);
  const { page, goTo } = address;
  const filter = accountFilter(address);
  const query = useQuery({
    queryKey: ['accounts', stage, platform, filter, page],
    queryFn: async () => {
      const body = { stage_uuid: stage, platform: platform as 1, page_offset: length, page_size: page, ...filter };
      const list: AccountList = dataOf(await answer(api.POST('/dts-auto-brief/job/view_account_list', { body })));
      // Its articles are in the other table.
      const rows = list.data.data.map(({ articleList: _, ...row }) => row as Row);
      return { rows, total: list.data.totalNum };
    },
    placeholderData: keepPreviousData,
    refetchInterval: atRestMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { rows, total = 0 } = query.data ?? {};
  return (
    <RowsTable<Row>
      title={t('briefs.accounts')}
      rows={rows}
      total={total}
      empty={t('briefs.no-accounts')}
      filter={
        <FilterRow>
          <TextFilter address={address} name="name" label={t('briefs.account')} />
          <TextFilter address={address} name="fans" label={t('briefs.least-fans')} />
        </FilterRow>
      }
      pagination={<ListPages page={page} goTo={goTo} count={Math.ceil(total / length)} />}
      columns={accountColumns(t, Object.keys(rows?.[0] ?? {}))}
    />
  );
}

/** What the address filters accounts by, as the API takes it. */
function accountFilter({ get }: Address) {
  const [name, fans] = [get('name'), Number(get('fans'))];
  return {
    ...(name ? { account_name: name } : {}),
    ...(Number.isInteger(fans) && fans > 0 ? { account_min_fans: fans } : {}),
  };
}

const named = ['userName', 'fansNum', 'sumNum'];

function accountColumns(t: Tell, names: readonly string[]): TableProps.ColumnDefinition<Row>[] {
  return [
    {
      id: 'who',
      header: t('briefs.account'),
      isRowHeader: true,
      minWidth: 160,
      cell: ({ userName }) => <StoredText text={String(userName ?? '–')} most={60} />,
    },
    { id: 'fans', header: t('briefs.fans'), cell: ({ fansNum }) => <Count of={numberOf(fansNum)} /> },
    { id: 'articles', header: t('briefs.articles'), cell: ({ sumNum }) => <Count of={numberOf(sumNum)} /> },
    ...names.filter((name) => !named.includes(name)).map(figureColumn),
  ];
}

function numberOf(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
