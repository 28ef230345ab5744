import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { Duration, Moment } from '../../values/moment.tsx';
import { Cost, Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { CountyResults } from '../presale/county-results.tsx';
import { RunActions } from './run-actions.tsx';
import { RunSteps } from './run-steps.tsx';

type RunDetail = components['schemas']['Run'];

const watchMs = 2000;
const restMs = 15_000;

/** One run: what it did, what came of it, and what to look at next. */
export default function Run() {
  const { id = '', workload, name = '' } = useParams();
  const query = useQuery({
    queryKey: ['run', id, workload, name],
    queryFn: async () => {
      const asked =
        workload === undefined
          ? api.GET('/platform/runs/{id}', { params: { path: { id: Number(id) } } })
          : api.GET('/platform/runs/{workload}/{name}', { params: { path: { workload, name } } });
      return (await answer(asked)).result;
    },
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? watchMs : restMs),
  });
  if (query.isPending) return <Waiting lines={6} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return <ShownRun run={query.data} />;
}

function ShownRun({ run }: { readonly run: RunDetail }) {
  const { t } = useTexts();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('run.about', { workload: run.workload })} actions={<RunActions run={run} />}>
        <span className="stored">{run.name}</span>
      </Header>
      <Container header={<Header variant="h2">{t('run.facts')}</Header>}>
        <RunFacts run={run} />
      </Container>
      <RunCounts run={run} />
      <RunSteps workload={run.workload} name={run.name} running={run.state === 'running'} />
      {run.workload === 'presale' && run.kind !== 'unplanned' && <CountyResults run={run.name} />}
      <Container header={<Header variant="h2">{t('run.detail')}</Header>}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
        <pre className="code" tabIndex={0}>
          {JSON.stringify(run.detail, undefined, 2)}
        </pre>
      </Container>
    </SpaceBetween>
  );
}

function RunFacts({ run }: { readonly run: RunDetail }) {
  const { t } = useTexts();
  const facts = [
    { label: t('runs.state'), value: <StateLabel state={run.state} /> },
    { label: t('runs.kind'), value: run.kind },
    { label: t('runs.started'), value: <Moment at={run.started_at} /> },
    { label: t('runs.ended'), value: <Moment at={run.ended_at} /> },
    { label: t('runs.duration'), value: <Duration from={run.started_at} to={run.ended_at} /> },
    { label: t('runs.slot'), value: <Moment at={run.slot} /> },
    { label: t('runs.cost'), value: <Cost usd={run.cost_usd} /> },
  ];
  if (run.parent !== null)
    facts.push({
      label: t('runs.parent'),
      value: <AppLink to={`/runs/${run.workload}/${encodeURIComponent(run.parent)}`}>{run.parent}</AppLink>,
    });
  return <KeyValuePairs columns={4} items={facts} />;
}

function RunCounts({ run }: { readonly run: RunDetail }) {
  const { t } = useTexts();
  const names = ['in', 'out', 'failed', 'filtered', 'waiting'] as const;
  const until = run.ended_at ?? new Date().toISOString();
  const failures = new URLSearchParams({ workload: run.workload, from: run.started_at, to: until });
  // Its runs are named after what they load.
  const publication = run.workload === 'presale' ? /^[\w-]+/.exec(run.name)?.[0] : undefined;
  return (
    <Container header={<Header variant="h2">{t('run.counts')}</Header>}>
      <SpaceBetween size="m">
        <div className="counts">
          {names.map((name) => (
            <div key={name}>
              <Box variant="awsui-key-label">{t(`runs.${name}`)}</Box>
              <Box variant="awsui-value-large">
                <Count of={run.counts[name]} />
              </Box>
            </div>
          ))}
        </div>
        {run.lost !== null && (
          <Alert type={run.lost === 0 ? 'success' : 'error'}>
            {run.lost === 0 ? t('run.conserved') : t('run.lost', { lost: run.lost })}
          </Alert>
        )}
        <SpaceBetween direction="horizontal" size="l">
          <AppLink to={`/failures?${failures}`}>{t('run.see-failures')}</AppLink>
          {run.parts !== null && (
            <AppLink to={`/runs?${new URLSearchParams({ parent: run.name })}`}>
              {t('run.see-parts')} ({t('runs.parts-count', { runs: run.parts.runs, running: run.parts.running })})
            </AppLink>
          )}
          {publication !== undefined && (
            <AppLink to={`/presale/problems?publication_date=${publication}`}>{t('run.see-problems')}</AppLink>
          )}
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}
