import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { Attention } from './attention.tsx';
import { DependencyTable } from './dependency-table.tsx';
import { OpenFailures } from './open-failures.tsx';
import { type Span, WorkloadCard } from './workload-card.tsx';

const lookAgainMs = 5000;

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
        <Workloads />
        <DependencyTable />
      </SpaceBetween>
    </ContentLayout>
  );
}

function Workloads() {
  const { t } = useTexts();
  const [span, choose] = useState<Span>('hours');
  const query = useQuery({
    queryKey: ['overview'],
    queryFn: async () => (await answer(api.GET('/platform/overview'))).result,
    refetchInterval: lookAgainMs,
  });
  if (query.isPending) return <Waiting lines={8} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { workloads } = query.data;
  return (
    <SpaceBetween size="l">
      <Attention workloads={workloads} />
      <Header
        variant="h2"
        actions={
          <SegmentedControl
            label={t('overview.span')}
            selectedId={span}
            options={(['hours', 'days'] as const).map((id) => ({ id, text: t(`overview.${id}`) }))}
            onChange={({ detail }) => choose(detail.selectedId as Span)}
          />
        }
      >
        {t('overview.workloads')}
      </Header>
      <div className="workloads">
        {workloads.map((workload) => (
          <WorkloadCard key={workload.workload} of={workload} span={span} />
        ))}
      </div>
      <OpenFailures workloads={workloads} />
    </SpaceBetween>
  );
}
