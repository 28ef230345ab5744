import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTexts } from '../../texts/index.ts';
import { DependencyTable } from './dependency-table.tsx';
import { LastRuns } from './last-runs.tsx';
import { OpenFailures } from './open-failures.tsx';

/** What runs, what failed, and what everything depends on: one look. */
export default function Overview() {
  const { t } = useTexts();
  return (
    <ContentLayout
      defaultPadding
      header={
        <Header variant="h1" description={t('overview.about')}>
          {t('overview.title')}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <LastRuns />
        <OpenFailures />
        <DependencyTable />
      </SpaceBetween>
    </ContentLayout>
  );
}
