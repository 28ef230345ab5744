import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { paths } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { useMachine } from '../machine/machine-client.ts';
import { insightsLink } from './insights-link.ts';
import { type Step, StepTable } from './step-table.tsx';

const MachineGraph = lazy(() => import('./graph/machine-graph.tsx'));

const watchMs = 2000;

interface RunName {
  readonly workload: string;
  readonly name: string;
}

/** The state machine of a run with its states coloured live, and each step on a time line. */
export function RunSteps({ workload, name, running }: RunName & { readonly running: boolean }) {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['run-steps', workload, name],
    queryFn: async () =>
      (await answer(api.GET('/platform/runs/{workload}/{name}/steps', { params: { path: { workload, name } } })))
        .result,
    refetchInterval: running ? watchMs : false,
  });
  if (query.isPending) return <Waiting lines={4} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { execution, machine, steps } = query.data;
  if (!execution || !machine) return <Box color="text-body-secondary">{t('run.no-steps')}</Box>;
  return (
    <SpaceBetween size="l">
      {execution.error !== null && (
        <Alert type="error" header={execution.error}>
          <span className="stored">{execution.cause}</span>
        </Alert>
      )}
      <WaitingSteps steps={steps} />
      <Container
        header={
          <Header
            variant="h2"
            description={<Execution of={execution} />}
            actions={execution.stoppable && <StopRun workload={workload} name={name} />}
          >
            {t('run.graph')}
          </Header>
        }
      >
        <Suspense fallback={<Waiting lines={6} />}>
          <MachineGraph machine={machine} steps={steps} label={t('run.graph')} />
        </Suspense>
      </Container>
      <StepTable steps={steps} workload={workload} name={name} />
    </SpaceBetween>
  );
}

/** What it waits for, and when it goes on, without a look through all steps. */
function WaitingSteps({ steps }: { readonly steps: readonly Step[] }) {
  const { t } = useTexts();
  const waiting = steps.filter(({ waits_for, next_at }) => waits_for !== null || next_at !== null);
  const [next] = waiting.map(({ next_at }) => next_at).sort();
  if (waiting.length === 0) return null;
  return (
    <Alert type="warning">
      {t('run.waits', { count: waiting.length })} <Moment at={next} />: <bdi>{waiting[0]?.waits_for}</bdi>
    </Alert>
  );
}

type ToldExecution = NonNullable<
  paths['/platform/runs/{workload}/{name}/steps']['get']['responses'][200]['content']['application/json']['result']['execution']
>;

/** Its correlation id leads to its lines in the log: here on one machine, in CloudWatch where it is deployed. */
function Execution({ of: { machine, correlation_id: id, arn, started_at, ended_at } }: { readonly of: ToldExecution }) {
  const hasLog = useMachine() !== undefined;
  const cloud = insightsLink({ arn, id, from: started_at, to: ended_at }, Date.now());
  return (
    <>
      {machine} ·{' '}
      {hasLog ? (
        <AppLink to={`/machine?tab=logs&id=${encodeURIComponent(id)}`}>{id}</AppLink>
      ) : (
        <Link href={cloud} external rel="noreferrer">
          {id}
        </Link>
      )}
    </>
  );
}

function StopRun({ workload, name }: RunName) {
  const { t } = useTexts();
  const may = useMay('operate');
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  const stop = useMutation({
    mutationFn: () =>
      answer(api.POST('/platform/runs/{workload}/{name}/stop', { params: { path: { workload, name } } })),
    onSuccess: () => tell(t('run.stopped')),
    onError: tellError,
    onSettled: () => queries.invalidateQueries(),
  });
  return (
    <Button
      disabled={may !== true}
      disabledReason={t('action.refused', { permission: 'operate' })}
      loading={stop.isPending}
      onClick={() => stop.mutate()}
    >
      {t('run.stop')}
    </Button>
  );
}
