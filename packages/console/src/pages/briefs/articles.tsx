import Link from '@cloudscape-design/components/link';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { type Address, scoped, useAddress } from '../../lists/address.ts';
import { ChoiceFilter, DayFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { ListPages } from '../../lists/list-pages.tsx';
import { Problem } from '../../lists/problem.tsx';
import { RowsTable } from '../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { type ArticleList, dataOf } from './brief-types.ts';

type Row = Readonly<Record<string, string | number | null>>;

const length = 25;
const atRestMs = 60_000;
const shownCharacters = 120;

/** What each platform sorts by, as the API numbers it. */
const orders: Readonly<Record<number, readonly string[]>> = {
  1: ['post_time', 'like', 'read', 'interaction'],
  2: ['post_time', 'share', 'comment', 'like', 'interaction'],
  3: ['post_time', 'share', 'comment', 'like', 'collect', 'liked', 'interaction', 'interaction_per'],
  4: ['post_time', 'play', 'danmu', 'collect', 'comment', 'interaction'],
  5: ['post_time', 'like', 'comment', 'share', 'download', 'interaction'],
};

/** The articles of a stage on one platform, the newest first. Each platform has figures of its own. */
export function Articles({ stage, platform }: { readonly stage: string; readonly platform: number }) {
  const { t } = useTexts();
  const address = scoped(useAddress(), `${stage.slice(0, 8)}-${platform}`);
  const { page, goTo } = address;
  const filter = articleFilter(address);
  const query = useQuery({
    queryKey: ['articles', stage, platform, filter, page],
    queryFn: async () => {
      const body = { stage_uuid: stage, platform: platform as 1, page_offset: length, page_size: page, ...filter };
      const list: ArticleList = dataOf(await answer(api.POST('/dts-auto-brief/job/view_article_list', { body })));
      return { rows: list.data.data.map((row) => ({ ...row }) as Row), total: list.data.totalNum };
    },
    placeholderData: keepPreviousData,
    refetchInterval: atRestMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { rows, total = 0 } = query.data ?? {};
  return (
    <RowsTable<Row>
      title={t('briefs.articles')}
      rows={rows}
      total={total}
      columns={articleColumns(t, Object.keys(rows?.[0] ?? {}))}
      empty={t('briefs.no-articles')}
      filter={<Filters address={address} orders={orders[platform] ?? []} />}
      pagination={<ListPages page={page} goTo={goTo} count={Math.ceil(total / length)} />}
    />
  );
}

/** What the address filters articles by, as the API takes it. */
function articleFilter({ get }: Address) {
  const given = {
    note_title: get('title'),
    user_name: get('who'),
    post_min_time: get('from'),
    post_max_time: get('to'),
  };
  const order = Number(get('order') ?? 1);
  return {
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof typeof given, string>
    >),
    sort_value: order,
    sort_type: get('way') === 'up' ? (1 as const) : (-1 as const),
  };
}

interface FiltersProps {
  readonly address: Address;
  readonly orders: readonly string[];
}

function Filters({ address, orders: own }: FiltersProps) {
  const { t } = useTexts();
  const ways = { down: t('briefs.largest-first'), up: t('briefs.smallest-first') };
  return (
    <FilterRow>
      <TextFilter address={address} name="title" label={t('briefs.article')} />
      <TextFilter address={address} name="who" label={t('briefs.account')} />
      <DayFilter address={address} name="from" label={t('runs.from')} />
      <DayFilter address={address} name="to" label={t('runs.to')} />
      <ChoiceFilter
        address={address}
        name="order"
        label={t('recommender.order')}
        choices={own.map((name, place) => ({ value: String(place + 1), label: name.replaceAll('_', ' ') }))}
        standard="1"
      />
      <ChoiceFilter
        address={address}
        name="way"
        label={t('briefs.way')}
        choices={Object.entries(ways).map(([value, label]) => ({ value, label }))}
        standard="down"
      />
    </FilterRow>
  );
}

/** What the platforms call the same: a link and what it says, when, whose, and then their figures. */
function articleColumns(t: Tell, names: readonly string[]) {
  const first = (pattern: RegExp) => names.find((name) => pattern.test(name)) ?? '';
  const url = first(/url$/);
  const [text, at, who] = [
    first(/title$|^content$/),
    first(/post_time$/),
    first(/nickname|user_name|author|nick_name/),
  ];
  const figures = names.filter((name) => ![url, text, at, who].includes(name));
  return [
    {
      id: 'text',
      header: t('briefs.article'),
      isRowHeader: true,
      minWidth: 260,
      cell: (row: Row) => (
        <Link href={safeAddress(row[url])} external target="_blank" rel="noopener noreferrer">
          {String(row[text] ?? '–').slice(0, shownCharacters)}
        </Link>
      ),
    },
    {
      id: 'who',
      header: t('briefs.account'),
      cell: (row: Row) => <StoredText text={String(row[who] ?? '–')} most={60} />,
    },
    { id: 'at', header: t('machine.at'), minWidth: 110, cell: (row: Row) => row[at] ?? '–' },
    ...figures.map(figureColumn),
  ];
}

/** A figure by the name that the platform's rows have for it. */
export function figureColumn(name: string) {
  return {
    id: name,
    header: name.replaceAll('_', ' '),
    cell: (row: Row) => (typeof row[name] === 'number' ? <Count of={row[name]} /> : (row[name] ?? '–')),
  };
}

/** What a platform calls an address may be anything; a script is none that is followed. */
function safeAddress(text: string | number | null | undefined): string {
  return typeof text === 'string' && /^https?:\/\//.test(text) ? text : '#';
}
