import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useQuery } from '@tanstack/react-query';
import { useHref } from 'react-router';
import { answer, api } from '../../api/client.ts';
import { AppLink } from '../../lists/app-link.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { stateText, useTexts } from '../../texts/index.ts';
import { workloads } from '../runs/run-filter.ts';

// As many as fit beside each other on a phone.
const stripLength = 14;
const lookAgainMs = 5000;

/** The last runs of each workload as a strip, the newest last. */
export function LastRuns() {
  const { t } = useTexts();
  return (
    <Container header={<Header variant="h2">{t('overview.last-runs')}</Header>}>
      <KeyValuePairs
        columns={3}
        items={workloads.map((workload) => ({
          label: workload,
          value: <Strip workload={workload} />,
        }))}
      />
    </Container>
  );
}

function Strip({ workload }: { readonly workload: string }) {
  const { t, language } = useTexts();
  const base = useHref('/').replace(/\/$/, '');
  const query = useQuery({
    queryKey: ['last-runs', workload],
    queryFn: async () =>
      (await answer(api.GET('/platform/runs', { params: { query: { workload, start: 0, length: stripLength } } })))
        .result,
    refetchInterval: lookAgainMs,
  });
  if (query.isPending) return <Waiting lines={1} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  if (query.data.total === 0) return <>{t('overview.no-runs')}</>;
  return (
    <>
      <span className="strip">
        {[...query.data.data].reverse().map((run) => {
          const words = `${run.name}: ${stateText(t, run.state)}, ${new Date(run.started_at).toLocaleString(language)}`;
          return (
            <a
              key={run.name}
              className={run.state}
              href={`${base}/runs/${run.id ?? `${workload}/${encodeURIComponent(run.name)}`}`}
              title={words}
            >
              <span className="only-read">{words}</span>
            </a>
          );
        })}
      </span>{' '}
      <AppLink to={`/runs?workload=${workload}`}>{query.data.total.toLocaleString(language)}</AppLink>
    </>
  );
}
