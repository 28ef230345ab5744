import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/index.ts';
import { type Selection, selectionOf } from '../values/selection.ts';
import { type Address, useAddress } from './address.ts';
import type { Column, Page } from './column.ts';
import { DownloadButton } from './download-button.tsx';
import { ListPages } from './list-pages.tsx';
import { ListPreferences, useVisibleColumns } from './preferences.tsx';
import { Problem } from './problem.tsx';

/** What a list is, and how it is asked for. */
export interface ListProps<T> {
  /** Names it in the cache, in preferences and in file names. */
  readonly name: string;
  readonly title: string;
  readonly description?: ReactNode;
  readonly columns: readonly Column<T>[];
  /** What the page of this moment is asked by, beside its place. */
  readonly filter: Readonly<Record<string, unknown>>;
  readonly load: (place: { readonly start: number; readonly length: number }) => Promise<Page<T>>;
  readonly rowId: (row: T) => string;
  readonly filters?: ReactNode;
  readonly actions?: ReactNode;
  readonly empty: { readonly title: string; readonly advice: ReactNode };
  /** How often it looks again while it is visible. @default 5 s */
  readonly everyMs?: number;
  readonly selection?: Selection<T>;
}

// Quick enough to watch work go on, rare enough for a hundred readers.
const lookAgainMs = 5000;

/** A list whose filter, order and page are in the address; it looks again by itself, and stays where the reader is. */
export function ListTable<T>(props: ListProps<T>) {
  const { t } = useTexts();
  const address = useAddress();
  const { page, length } = address;
  const query = useQuery({
    queryKey: [props.name, props.filter, page, length],
    queryFn: () => props.load({ start: (page - 1) * length, length }),
    placeholderData: keepPreviousData,
    refetchInterval: props.everyMs ?? lookAgainMs,
  });
  const [visible, choose] = useVisibleColumns(props.name, props.columns);
  const { data, error } = query;
  return (
    <Table<T>
      variant="full-page"
      stickyHeader={false}
      enableKeyboardNavigation
      items={data?.data ?? []}
      trackBy={props.rowId}
      loading={query.isPending}
      loadingText={t('list.loading')}
      columnDefinitions={columnsOf(props.columns)}
      columnDisplay={props.columns.map(({ id }) => ({ id, visible: visible.includes(id) }))}
      {...sortingOf(props.columns, address)}
      {...(props.selection ? selectionOf(props.selection, props.rowId, t('list.select')) : {})}
      header={<ListHeader list={props} total={data?.total} />}
      filter={props.filters}
      pagination={<ListPages page={page} goTo={address.goTo} count={Math.ceil((data?.total ?? 0) / length)} />}
      preferences={<ListPreferences columns={props.columns} visible={visible} choose={choose} address={address} />}
      empty={error ? <Problem error={error} again={query.refetch} /> : <Empty {...props.empty} />}
    />
  );
}

function columnsOf<T>(columns: readonly Column<T>[]) {
  return columns.map(({ id, header, cell, sort }, index) => ({
    id,
    header,
    cell,
    isRowHeader: index === 0,
    ...(sort === undefined ? {} : { sortingField: sort }),
  }));
}

function sortingOf<T>(columns: readonly Column<T>[], address: Address) {
  if (!columns.some(({ sort }) => sort !== undefined)) return { sortingDisabled: true };
  const sort = address.get('sort') ?? '';
  return {
    sortingColumn: { sortingField: sort.replace(/^-/, '') },
    sortingDescending: sort.startsWith('-'),
    onSortingChange: ({ detail }: { detail: { sortingColumn: { sortingField?: string }; isDescending?: boolean } }) =>
      address.set({ sort: `${detail.isDescending ? '-' : ''}${detail.sortingColumn.sortingField ?? ''}` }),
  };
}

function ListHeader<T>({ list, total }: { readonly list: ListProps<T>; readonly total: number | undefined }) {
  const { language } = useTexts();
  return (
    <Header
      variant="h1"
      counter={total === undefined ? '' : `(${total.toLocaleString(language)})`}
      description={list.description}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {list.actions}
          <DownloadButton name={list.name} columns={list.columns} load={list.load} total={total} />
        </SpaceBetween>
      }
    >
      {list.title}
    </Header>
  );
}

function Empty({ title, advice }: { readonly title: string; readonly advice: ReactNode }) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <Box fontWeight="bold">{title}</Box>
      <Box color="text-body-secondary">{advice}</Box>
    </Box>
  );
}
