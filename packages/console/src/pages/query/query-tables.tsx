import Button from '@cloudscape-design/components/button';
import { answer, api } from '../../api/client.ts';
import { QueryTable as ShownTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import type { QueryTable } from './query-types.ts';

// They change with a deployment.
const everyMs = 600_000;

/** What can be asked about; a click writes a query that begins with a table. */
export function QueryTables({ choose }: { readonly choose: (sql: string) => void }) {
  const { t } = useTexts();
  return (
    <ShownTable<QueryTable>
      title={t('query.tables')}
      description={t('query.tables-about')}
      asked={['query', 'tables']}
      everyMs={everyMs}
      load={async () => (await answer(api.GET('/platform/query-tables'))).result.data}
      columns={[
        {
          id: 'name',
          header: t('query.table'),
          isRowHeader: true,
          minWidth: 140,
          cell: (table) => (
            <Button variant="inline-link" onClick={() => choose(firstRows(table))}>
              {table.name}
            </Button>
          ),
        },
        {
          id: 'partitions',
          header: t('query.partitions'),
          minWidth: 140,
          cell: ({ partitions }) =>
            partitions.map(({ name, required }) => (required ? `${name} (${t('query.required')})` : name)).join(', '),
        },
        {
          id: 'columns',
          header: t('list.columns'),
          minWidth: 300,
          cell: ({ columns }) => columns.map(({ name, type }) => `${name} ${type}`).join(', '),
        },
      ]}
    />
  );
}

/** The first rows of a table, with a place for what has to be named. */
function firstRows({ name, partitions }: QueryTable): string {
  const named = partitions.filter(({ required }) => required).map((partition) => `${partition.name} = 'demo'`);
  return `SELECT * FROM ${name}${named.length > 0 ? ` WHERE ${named.join(' AND ')}` : ''} LIMIT 100`;
}
