import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { answer, api } from '../../api/client.ts';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';
import { BriefFields } from './brief-fields.tsx';
import { type BriefForm, briefOf, emptyBrief, wrongIn } from './brief-form.ts';

/** A form for a brief: the estimate of its calls and cost first, then the brief itself. */
export default function SubmitBrief() {
  const { t } = useTexts();
  const [form, setForm] = useState<BriefForm>(emptyBrief);
  // Nobody is told what is missing before they have tried.
  const [tried, setTried] = useState(false);
  const submit = useSubmit();
  const send = (dry_run: boolean) => {
    setTried(true);
    const brief = briefOf(form);
    if (brief) submit.mutate({ ...brief, dry_run });
  };
  const estimate = submit.data && 'estimate' in submit.data ? submit.data.estimate : undefined;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{t('briefs.submit')}</Header>
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => send(true)}>{t('briefs.estimate')}</Button>
            <Button variant="primary" loading={submit.isPending} onClick={() => send(false)}>
              {t('briefs.submit')}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="m">
          <BriefFields form={form} change={setForm} wrong={tried ? wrongIn(form) : {}} />
          {submit.isError && <Problem error={submit.error} />}
          {estimate && (
            <Alert type={estimate.over_budget ? 'warning' : 'info'}>
              {t('briefs.estimated', { calls: estimate.calls, cost: estimate.cost_usd })}
            </Alert>
          )}
        </SpaceBetween>
      </Form>
    </SpaceBetween>
  );
}

function useSubmit() {
  const { t } = useTexts();
  const { tell } = useNotices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (body: NonNullable<ReturnType<typeof briefOf>> & { readonly dry_run: boolean }) => {
      const { data } = await answer(api.POST('/dts-auto-brief/job/submit', { body }));
      return typeof data === 'object' && data !== null ? data : undefined;
    },
    onSuccess: (told, { dry_run }) => {
      if (dry_run) return;
      tell(t('briefs.submitted'));
      void queries.invalidateQueries();
      if (told && 'jobUuid' in told) void navigate(`/briefs/${told.jobUuid}`);
    },
  });
}
