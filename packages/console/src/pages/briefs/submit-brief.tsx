import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';
import { BriefFields } from './brief-fields.tsx';
import { type BriefForm, briefOf, emptyBrief } from './brief-form.ts';

/** A form for a brief: the estimate of its calls and cost first, then the brief itself. */
export function SubmitBrief() {
  const { t } = useTexts();
  const [form, setForm] = useState<BriefForm>(emptyBrief);
  const submit = useSubmit();
  const brief = briefOf(form);
  const estimate = submit.data?.estimate;
  return (
    <ExpandableSection variant="container" headerText={t('briefs.submit')}>
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={!brief} onClick={() => brief && submit.mutate({ ...brief, dry_run: true })}>
              {t('briefs.estimate')}
            </Button>
            <Button
              variant="primary"
              disabled={!brief}
              loading={submit.isPending}
              onClick={() => brief && submit.mutate({ ...brief, dry_run: false })}
            >
              {t('briefs.submit')}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="m">
          <BriefFields form={form} change={setForm} />
          {submit.isError && <Problem error={submit.error} />}
          {estimate && (
            <Alert type={estimate.over_budget ? 'warning' : 'info'}>
              {t('briefs.estimated', { calls: estimate.calls, cost: estimate.cost_usd })}
            </Alert>
          )}
        </SpaceBetween>
      </Form>
    </ExpandableSection>
  );
}

function useSubmit() {
  const { t } = useTexts();
  const { tell } = useNotices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: NonNullable<ReturnType<typeof briefOf>> & { readonly dry_run: boolean }) => {
      const { data } = await answer(api.POST('/dts-auto-brief/job/submit', { body }));
      return typeof data === 'object' && data !== null && 'estimate' in data ? data : undefined;
    },
    onSuccess: (_, { dry_run }) => {
      if (dry_run) return;
      tell(t('briefs.submitted'));
      void queries.invalidateQueries();
    },
  });
}
