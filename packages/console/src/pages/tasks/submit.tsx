import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { answer, api } from '../../api/client.ts';
import { useAddress } from '../../lists/address.ts';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { ArgumentFields, namedArguments, useArguments } from './argument-fields.tsx';
import type { Task, TaskFunction } from './task-types.ts';

/** A form for each function, made of its schema; it begins with the arguments of a task that is done again. */
export default function SubmitTask() {
  const { t } = useTexts();
  const address = useAddress();
  const task_id = address.get('of');
  const query = useQuery({
    queryKey: ['task-functions'],
    queryFn: async () =>
      (await answer(api.GET('/api/v1/task_funcs/list', { params: { query: { page: 1, per_page: 100 } } }))).data,
  });
  const before = useQuery({
    queryKey: ['task-before', task_id],
    enabled: task_id !== undefined,
    queryFn: async () =>
      (await answer(api.GET('/api/v1/task/{task_id}/info', { params: { path: { task_id: task_id ?? '' } } }))).data,
  });
  if (query.isPending || (task_id !== undefined && before.isPending)) return <Waiting lines={4} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  if (before.isError) return <Problem error={before.error} again={before.refetch} />;
  const options = query.data.map(({ name, summary }) => ({ value: name, label: name, description: summary }));
  const chosen = query.data.find(({ name }) => name === address.get('name')) ?? query.data[0];
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={chosen?.doc}>
        {t('tasks.submit')}
      </Header>
      <FormField label={t('tasks.function')} stretch>
        <Select
          filteringType="auto"
          options={options}
          selectedOption={options.find(({ value }) => value === chosen?.name) ?? null}
          onChange={({ detail }) => address.set({ name: detail.selectedOption.value, of: undefined })}
        />
      </FormField>
      {chosen && <SubmitForm key={chosen.name} of={chosen} before={before.data} />}
    </SpaceBetween>
  );
}

interface FormProps {
  readonly of: TaskFunction;
  /** Whose arguments the form begins with. */
  readonly before: Task | undefined;
}

function SubmitForm({ of, before }: FormProps) {
  const { t } = useTexts();
  const given = useArguments(of.input, before ? namedArguments(of.input, before) : {});
  const submit = useSubmit(of.name, before);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit.mutate(given.values());
      }}
    >
      <Container
        footer={
          <Button variant="primary" formAction="submit" disabled={!given.complete} loading={submit.isPending}>
            {t('tasks.submit')}
          </Button>
        }
      >
        <ArgumentFields schema={of.input} given={given} />
      </Container>
    </form>
  );
}

/** A task that failed is done again, so that both name each other; any other is submitted anew. */
function useSubmit(name: string, before: Task | undefined) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (kwargs: Readonly<Record<string, unknown>>) => {
      if (before?.status === 'FAILURE') {
        const params = { path: { task_id: before.task_id } };
        return (await answer(api.POST('/api/v1/task/{task_id}/retry', { params, body: { kwargs } }))).data;
      }
      // The types know the functions of the document; this one has been asked for by its name.
      return (await answer(api.POST('/api/v1/tasks/submit', { body: { name, kwargs } as never }))).data;
    },
    onSuccess: ({ task_id }) => {
      tell(t('tasks.submitted', { id: task_id }));
      void navigate(`/tasks/${task_id}`);
    },
    onError: tellError,
  });
}
