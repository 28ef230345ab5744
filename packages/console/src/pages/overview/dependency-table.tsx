import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';
import { StateLabel } from '../../values/state-label.tsx';

type Dependency = components['schemas']['Dependency'];

// A look asks every service: once a minute is enough for people.
const lookAgainMs = 60_000;

/** What everything depends on, and what stops working without it. */
export function DependencyTable() {
  const { t } = useTexts();
  const query = useQuery({ queryKey: ['dependencies'], queryFn: allDependencies, refetchInterval: lookAgainMs });
  const [all, showAll] = useState(false);
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const known = query.data ?? [];
  const away = known.filter(({ state }) => state !== 'reachable');
  return (
    <Table<Dependency>
      variant="container"
      wrapLines
      loading={query.isPending}
      loadingText={t('list.loading')}
      items={all ? known : away}
      empty={t('overview.all-reachable', { count: known.length })}
      header={<Title away={away.length} known={known.length} all={all} showAll={showAll} />}
      columnDefinitions={[
        {
          id: 'name',
          header: t('overview.dependency'),
          isRowHeader: true,
          cell: ({ kind, name }) => `${kind} ${name}`,
        },
        { id: 'state', header: t('runs.state'), minWidth: 130, cell: ({ state }) => <StateLabel state={state} /> },
        {
          id: 'latency',
          header: t('overview.latency'),
          cell: ({ latency_ms }) => (latency_ms === null ? '–' : `${latency_ms} ms`),
        },
        { id: 'without', header: t('overview.without'), cell: ({ without }) => without },
      ]}
    />
  );
}

interface TitleProps {
  readonly away: number;
  readonly known: number;
  readonly all: boolean;
  readonly showAll: (all: boolean) => void;
}

function Title({ away, known, all, showAll }: TitleProps) {
  const { t } = useTexts();
  return (
    <Header
      variant="h2"
      counter={`(${away} / ${known})`}
      description={t('overview.dependencies-about')}
      actions={
        <Button ariaExpanded={all} onClick={() => showAll(!all)}>
          {t(all ? 'overview.only-away' : 'overview.show-all')}
        </Button>
      }
    >
      {t('overview.dependencies')}
    </Header>
  );
}

/** Of both routes: no function reaches both sides. The answer tells as much when something is failing (503). */
async function allDependencies(): Promise<readonly Dependency[]> {
  const answers = await Promise.all([api.GET('/health/dependencies'), api.GET('/health/services')]);
  return answers
    .flatMap(({ data, error, response }) => {
      const told = data ?? error;
      if (told && 'dependencies' in told) return told.dependencies;
      throw new ApiError(response.statusText, response.status, response.headers.get('x-request-id') ?? undefined);
    })
    .sort((a, b) => Number(a.state === 'reachable') - Number(b.state === 'reachable'));
}
