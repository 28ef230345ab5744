import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTexts } from '../../texts/index.ts';
import { TopicTable } from './topic-table.tsx';

/** How far the topics are read, as the brokers know it. */
export default function TopicsPage() {
  const { t } = useTexts();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('topics.about')}>
        {t('topics.title')}
      </Header>
      <TopicTable name={{ id: 'topic', header: t('machine.topic'), isRowHeader: true, cell: ({ topic }) => topic }} />
    </SpaceBetween>
  );
}
