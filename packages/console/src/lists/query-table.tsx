import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/index.ts';
import { type Selection, selectionOf } from '../values/selection.ts';
import { Problem } from './problem.tsx';

interface ShownTable<T> {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly columns: readonly TableProps.ColumnDefinition<T>[];
  readonly empty?: ReactNode;
  /** How many rows there are in all, where these are not all. @default those that are here */
  readonly total?: number | undefined;
  readonly pagination?: ReactNode;
  readonly filter?: ReactNode;
  /** @default rows cannot be picked out */
  readonly selection?: Selection<T> & { readonly rowId: (row: T) => string };
}

interface QueryTableProps<T> extends ShownTable<T> {
  /** Names what is asked for in the cache. */
  readonly asked: readonly unknown[];
  readonly load: () => Promise<readonly T[]>;
  /** How often it looks again while it is visible. @default 10 s */
  readonly everyMs?: number;
}

const lookAgainMs = 10_000;

/** A table on a page beside others, of all rows that there are; it looks again by itself. */
export function QueryTable<T>({ asked, load, everyMs = lookAgainMs, ...shown }: QueryTableProps<T>) {
  const query = useQuery({ queryKey: asked, queryFn: load, refetchInterval: everyMs });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return <RowsTable {...shown} rows={query.data} />;
}

interface RowsTableProps<T> extends ShownTable<T> {
  /** `undefined` while they are on their way. */
  readonly rows: readonly T[] | undefined;
}

/** The same of rows that the page has. */
export function RowsTable<T>({ rows, ...shown }: RowsTableProps<T>) {
  const { t, language } = useTexts();
  return (
    <Table<T>
      variant="container"
      wrapLines
      enableKeyboardNavigation
      loading={rows === undefined}
      loadingText={t('list.loading')}
      header={
        <Header
          variant="h2"
          counter={rows ? `(${(shown.total ?? rows.length).toLocaleString(language)})` : ''}
          description={shown.description}
          actions={shown.actions}
        >
          {shown.title}
        </Header>
      }
      items={rows ?? []}
      columnDefinitions={shown.columns}
      pagination={shown.pagination}
      filter={shown.filter}
      {...(shown.selection ? selectionOf(shown.selection, shown.selection.rowId, t('list.select')) : {})}
      empty={shown.empty ?? t('list.none')}
    />
  );
}
