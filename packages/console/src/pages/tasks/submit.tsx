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
import { ArgumentFields, useArguments } from './argument-fields.tsx';
import type { TaskFunction } from './task-types.ts';

/** A form for each function, made of its schema. */
export default function SubmitTask() {
  const { t } = useTexts();
  const address = useAddress();
  const query = useQuery({
    queryKey: ['task-functions'],
    queryFn: async () =>
      (await answer(api.GET('/api/v1/task_funcs/list', { params: { query: { page: 1, per_page: 100 } } }))).data,
  });
  if (query.isPending) return <Waiting lines={4} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
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
          onChange={({ detail }) => address.set({ name: detail.selectedOption.value })}
        />
      </FormField>
      {chosen && <SubmitForm key={chosen.name} of={chosen} />}
    </SpaceBetween>
  );
}

function SubmitForm({ of }: { readonly of: TaskFunction }) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const navigate = useNavigate();
  const given = useArguments(of.input);
  const submit = useMutation({
    mutationFn: async () => {
      // The types know the functions of the document; this one has been asked for by its name.
      const body = { name: of.name, kwargs: given.values() } as never;
      return (await answer(api.POST('/api/v1/tasks/submit', { body }))).data;
    },
    onSuccess: ({ task_id }) => {
      tell(t('tasks.submitted', { id: task_id }));
      void navigate(`/tasks/${task_id}`);
    },
    onError: tellError,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit.mutate();
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
