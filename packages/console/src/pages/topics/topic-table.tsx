import type { TableProps } from '@cloudscape-design/components/table';
import { ApiError } from '../../api/api-error.ts';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { QueryTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';

type Topic = components['schemas']['Topic'];

interface TopicTableProps {
  /** What names a topic in its row. */
  readonly name: TableProps.ColumnDefinition<Topic>;
}

const lookAgainMs = 3000;

/** The topics with what they hold, and how far each reader is behind. */
export function TopicTable({ name }: TopicTableProps) {
  const { t } = useTexts();
  return (
    <QueryTable<Topic>
      title={t('machine.topics')}
      asked={['topics']}
      everyMs={lookAgainMs}
      load={topics}
      empty={t('machine.no-broker')}
      columns={[
        name,
        {
          id: 'partitions',
          header: t('machine.partitions'),
          cell: ({ partitions }) => <Count of={partitions.length} />,
        },
        { id: 'records', header: t('machine.messages'), cell: (topic) => <Count of={recordsOf(topic)} /> },
        {
          id: 'readers',
          header: t('machine.readers'),
          cell: ({ readers }) => readers.map((one) => t('machine.behind', one)).join(', ') || '–',
        },
      ]}
    />
  );
}

async function topics(): Promise<readonly Topic[]> {
  try {
    return (await answer(api.GET('/platform/topics'))).result.data;
  } catch (error) {
    // Without a broker there is no such route.
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

function recordsOf({ partitions }: Topic): number {
  return partitions.reduce((sum, { first, end }) => sum + end - first, 0);
}
