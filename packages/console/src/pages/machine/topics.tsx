import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAddress } from '../../lists/address.ts';
import { openColumn } from '../../lists/columns.tsx';
import { useNotices } from '../../lists/notices.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { TopicTable } from '../topics/topic-table.tsx';
import { askMachine } from './machine-client.ts';

interface Message {
  readonly partition: number;
  readonly offset: number;
  readonly at: string;
  readonly key: string | null;
  readonly value: string | null;
}

const lookAgainMs = 3000;

/** The topics with how far their readers are behind, and one with its newest messages. */
export function Topics() {
  const { t } = useTexts();
  const { get, set } = useAddress();
  const topic = get('topic');
  return (
    <SpaceBetween size="l">
      <TopicTable
        name={openColumn(
          'topic',
          t('machine.topic'),
          (one) => one.topic,
          (one) => set({ topic: one.topic }),
        )}
      />
      {topic !== undefined && <Messages key={topic} topic={topic} />}
    </SpaceBetween>
  );
}

function Messages({ topic }: { readonly topic: string }) {
  const { t } = useTexts();
  const place = `/topics/${encodeURIComponent(topic)}`;
  return (
    <>
      <Produce topic={topic} place={place} />
      <QueryTable<Message>
        title={t('machine.newest', { topic })}
        asked={['machine', 'topics', topic]}
        everyMs={lookAgainMs}
        load={async () => (await askMachine<{ records: readonly Message[] }>(place)).records}
        columns={[
          {
            id: 'place',
            header: t('machine.place'),
            isRowHeader: true,
            cell: ({ partition, offset }) => `${partition} · ${offset}`,
          },
          { id: 'at', header: t('machine.at'), cell: ({ at }) => <Moment at={at} /> },
          { id: 'key', header: t('machine.key'), cell: ({ key }) => <StoredText text={key ?? '–'} most={100} /> },
          {
            id: 'value',
            header: t('machine.value'),
            cell: ({ value }) => <StoredText text={value ?? '–'} most={500} />,
          },
        ]}
      />
    </>
  );
}

function Produce({ topic, place }: { readonly topic: string; readonly place: string }) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const send = useMutation({
    mutationFn: () =>
      askMachine<{ partition: number; offset: number }>(place, { ...(key === '' ? {} : { key }), value }),
    onSuccess: ({ partition, offset }) => tell(t('machine.sent', { topic, partition, offset })),
    onError: tellError,
    onSettled: () =>
      Promise.all([['topics'], ['machine', 'topics']].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  return (
    <Container header={<Header variant="h2">{t('machine.produce', { topic })}</Header>}>
      <SpaceBetween size="m">
        <FormField label={t('machine.key')}>
          <Input value={key} onChange={({ detail }) => setKey(detail.value)} />
        </FormField>
        <FormField label={t('machine.value')} stretch>
          <Textarea rows={3} value={value} onChange={({ detail }) => setValue(detail.value)} />
        </FormField>
        <Button disabled={value === ''} loading={send.isPending} onClick={() => send.mutate()}>
          {t('action.send')}
        </Button>
      </SpaceBetween>
    </Container>
  );
}
