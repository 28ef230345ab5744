import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import { useNotices } from '../../lists/notices.tsx';
import { useTexts } from '../../texts/index.ts';
import { momentOf } from '../runs/run-filter.ts';

/** Runs the slots of a span that nobody has run: the estimate first, and only then the start. */
export function Backfill() {
  const { t } = useTexts();
  const [given, setGiven] = useState<Given>({ schedule: '', from: '', to: '' });
  const may = useMay('operate');
  const plan = usePlan();
  const [from, to] = [momentOf(given.from), momentOf(given.to)];
  const span = given.schedule !== '' && from && to ? { schedule: given.schedule, from, to } : undefined;
  const estimate = plan.data?.estimate;
  return (
    <Container header={<Header variant="h2">{t('schedules.backfill')}</Header>}>
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={!span || may !== true} onClick={() => span && plan.mutate({ ...span, dry_run: true })}>
              {t('schedules.estimate')}
            </Button>
            <Button
              variant="primary"
              disabled={!span || !estimate || estimate.to_start === 0}
              onClick={() => span && plan.mutate({ ...span, dry_run: false })}
            >
              {t('schedules.go', { count: estimate?.to_start ?? 0 })}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="m">
          <Fields given={given} change={setGiven} />
          {may === false && t('action.refused', { permission: 'operate' })}
          {estimate && <Alert type="info">{t('schedules.estimated', { ...estimate })}</Alert>}
        </SpaceBetween>
      </Form>
    </Container>
  );
}

type Given = Readonly<Record<'schedule' | 'from' | 'to', string>>;

function Fields({ given, change }: { readonly given: Given; readonly change: (given: Given) => void }) {
  const { t } = useTexts();
  const field = (name: keyof Given, label: string, placeholder: string) => (
    <FormField label={label}>
      <Input
        value={given[name]}
        placeholder={placeholder}
        onChange={({ detail }) => change({ ...given, [name]: detail.value })}
      />
    </FormField>
  );
  return (
    <>
      {field('schedule', t('schedules.schedule'), 'presale/start-publication')}
      {field('from', t('runs.from'), '2026-11-01')}
      {field('to', t('runs.to'), '2026-11-30')}
    </>
  );
}

interface Span {
  readonly schedule: string;
  readonly from: string;
  readonly to: string;
  readonly dry_run: boolean;
}

function usePlan() {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: Span) => (await answer(api.POST('/platform/backfills', { body }))).result,
    onSuccess: ({ id }) => {
      if (id === undefined) return;
      tell(t('schedules.going', { id }));
      void queries.invalidateQueries();
    },
    onError: tellError,
  });
}
