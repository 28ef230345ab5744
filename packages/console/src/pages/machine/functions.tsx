import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNotices } from '../../lists/notices.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { StoredText } from '../../values/stored-text.tsx';
import { problemOf } from '../failures/input-text.ts';
import { askMachine, type MachineFunction, type MachineOverview } from './machine-client.ts';

/** The functions with what they may take, the routes that lead to them, and a form to start anything by hand. */
export function Functions({ machine }: { readonly machine: MachineOverview }) {
  const { t } = useTexts();
  return (
    <SpaceBetween size="l">
      <ByHand machine={machine} />
      <QueryTable<MachineFunction>
        title={t('machine.functions')}
        asked={['machine', 'functions']}
        load={async () => (await askMachine<MachineOverview>('')).functions}
        columns={[
          { id: 'name', header: t('tasks.function'), isRowHeader: true, cell: ({ name }) => name },
          { id: 'memory', header: t('machine.memory'), cell: ({ memory_mb }) => `${memory_mb} MB` },
          { id: 'timeout', header: t('machine.timeout'), cell: ({ timeout_seconds }) => `${timeout_seconds} s` },
          { id: 'concurrency', header: t('machine.at-once'), cell: ({ concurrency }) => concurrency },
          {
            id: 'routes',
            header: t('machine.routes'),
            cell: ({ name }) => <Routes routes={machine.routes.filter((one) => one.function === name)} />,
          },
        ]}
      />
    </SpaceBetween>
  );
}

function Routes({ routes }: { readonly routes: MachineOverview['routes'] }) {
  if (routes.length === 0) return <>–</>;
  return (
    <ul className="plain">
      {routes.map(({ route }) => (
        <li key={route}>
          <code>{route}</code>
        </li>
      ))}
    </ul>
  );
}

/** Starts a schedule or a state machine, or calls a function with an event. */
function ByHand({ machine }: { readonly machine: MachineOverview }) {
  const { t } = useTexts();
  const options = [
    { label: t('machine.start'), options: machine.triggers.map((name) => ({ value: `trigger ${name}`, label: name })) },
    {
      label: t('machine.call'),
      options: machine.functions.map(({ name }) => ({ value: `invoke ${name}`, label: name })),
    },
  ];
  const [chosen, choose] = useState(options[0]?.options[0]);
  const [text, setText] = useState('{}');
  const go = useOrder(chosen?.value ?? '', text);
  const wrong = problemOf(text);
  return (
    <Container header={<Header variant="h2">{t('machine.by-hand')}</Header>}>
      <SpaceBetween size="m">
        <FormField label={t('machine.what')}>
          <Select
            filteringType="auto"
            options={options}
            selectedOption={chosen ?? null}
            onChange={({ detail }) => {
              const { value = '', label = '' } = detail.selectedOption;
              choose({ value, label });
            }}
          />
        </FormField>
        <FormField label={t('machine.input')} errorText={wrong} stretch>
          <Textarea rows={3} value={text} onChange={({ detail }) => setText(detail.value)} />
        </FormField>
        <Button disabled={wrong !== undefined} loading={go.isPending} onClick={() => go.mutate()}>
          {t('machine.go')}
        </Button>
        {go.data !== undefined && <StoredText block text={JSON.stringify(go.data, undefined, 2)} />}
      </SpaceBetween>
    </Container>
  );
}

/** `trigger presale`, `invoke platform/send-mail`: what is asked for, with what it gets. */
function useOrder(order: string, text: string) {
  const { tellError } = useNotices();
  return useMutation({
    mutationFn: () => {
      const [kind = '', name = ''] = order.split(' ');
      const given: unknown = JSON.parse(text);
      if (kind === 'invoke') return askMachine<unknown>('/invoke', { function: name, event: given });
      return askMachine<unknown>('/trigger', { name, input: given });
    },
    onError: tellError,
  });
}
