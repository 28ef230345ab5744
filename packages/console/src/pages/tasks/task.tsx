import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { answer, api } from '../../api/client.ts';
import { AppButton } from '../../lists/app-button.tsx';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { Duration, Moment } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { SameByCode } from './same-by-code.tsx';
import { ShownResult } from './shown-result.tsx';
import { endedStates, type Task, type TaskResult } from './task-types.ts';

const watchMs = 1500;

/** One task: what it was asked, how far it is, what came of it. */
export default function TaskPage() {
  const { id: task_id = '' } = useParams();
  const path = { task_id };
  const query = useQuery({
    queryKey: ['task', task_id],
    queryFn: async () => {
      const [task, result] = await Promise.all([
        answer(api.GET('/api/v1/task/{task_id}/info', { params: { path } })),
        answer(api.GET('/api/v1/task/{task_id}/result', { params: { path } })),
      ]);
      return { task: task.data, result: result.data };
    },
    refetchInterval: ({ state }) => (state.data && endedStates.includes(state.data.task.status) ? false : watchMs),
  });
  if (query.isPending) return <Waiting lines={5} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return <ShownTask {...query.data} again={query.refetch} />;
}

interface ShownProps {
  readonly task: Task;
  readonly result: TaskResult;
  readonly again: () => unknown;
}

function ShownTask({ task, result, again }: ShownProps) {
  const { t } = useTexts();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={task.desc ?? ''} actions={<TaskActions task={task} again={again} />}>
        {task.name}
      </Header>
      <Container>
        <KeyValuePairs
          columns={3}
          items={[
            { label: t('runs.state'), value: <StateLabel state={task.status} /> },
            { label: t('tasks.owner'), value: task.username },
            { label: t('tasks.created'), value: <Moment at={task.created_at} /> },
            { label: t('runs.ended'), value: <Moment at={task.ended_at} /> },
            { label: t('runs.duration'), value: <Duration from={task.started_at} to={task.ended_at} /> },
            { label: t('tasks.attempts'), value: <Count of={task.attempts} /> },
          ]}
        />
      </Container>
      <ShownResult result={result} />
      <Container header={<Header variant="h2">{t('tasks.arguments')}</Header>}>
        <StoredText block text={JSON.stringify(task.kwargs ?? task.args, undefined, 2)} />
      </Container>
      {task.deliveries !== null && task.deliveries.length > 0 && (
        <Container header={<Header variant="h2">{t('tasks.deliveries')}</Header>}>
          {task.deliveries.map(({ at, error }) => (
            <div key={at}>
              <Moment at={at} /> {error ?? '✓'}
            </div>
          ))}
        </Container>
      )}
      <SameAs task={task} />
    </SpaceBetween>
  );
}

/** How a program does the same; nothing where the arguments are another's. */
function SameAs({ task: { name, args, kwargs } }: Pick<ShownProps, 'task'>) {
  if (args === null && kwargs === null) return null;
  return <SameByCode submission={{ name, args: args?.length ? args : undefined, kwargs: kwargs ?? {} }} />;
}

/** Ends what runs; runs again what failed. */
function TaskActions({ task, again }: Omit<ShownProps, 'result'>) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const navigate = useNavigate();
  const params = { path: { task_id: task.task_id } };
  const terminate = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/task/{task_id}/terminate', { params })),
    onSuccess: () => tell(t('tasks.terminated')),
    onError: tellError,
    onSettled: () => again(),
  });
  const retry = useMutation({
    mutationFn: async () => (await answer(api.POST('/api/v1/task/{task_id}/retry', { params, body: {} }))).data,
    onSuccess: ({ task_id }) => navigate(`/tasks/${task_id}`),
    onError: tellError,
  });
  if (!endedStates.includes(task.status))
    return (
      <Button loading={terminate.isPending} onClick={() => terminate.mutate()}>
        {t('tasks.terminate')}
      </Button>
    );
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <AppButton to={`/tasks/submit?${new URLSearchParams({ name: task.name, of: task.task_id })}`}>
        {t('tasks.edit')}
      </AppButton>
      <Button
        disabled={task.status === 'SUCCESS'}
        disabledReason={t('tasks.succeeded')}
        loading={retry.isPending}
        onClick={() => retry.mutate()}
      >
        {t('tasks.retry')}
      </Button>
    </SpaceBetween>
  );
}
