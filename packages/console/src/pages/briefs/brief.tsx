import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { answer, api } from '../../api/client.ts';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { RowsTable } from '../../lists/query-table.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { Confirm } from '../../shell/confirm.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { type BriefProgress, type BriefTask, dataOf, type ShownBrief } from './brief-types.ts';
import { Stage } from './stage.tsx';

const watchMs = 2000;
const atRestMs = 30_000;

/** One brief: how far it is by platform and keyword, what it found, and its files. */
export default function BriefPage() {
  const { id: job_uuid = '' } = useParams();
  const body = { job_uuid };
  const query = useQuery({
    queryKey: ['brief', job_uuid],
    queryFn: async () => {
      const brief: ShownBrief = dataOf(await answer(api.POST('/dts-auto-brief/job/view', { body })));
      const progress: BriefProgress = dataOf(await answer(api.POST('/dts-auto-brief/job/spider_progress', { body })));
      return { brief, progress };
    },
    refetchInterval: ({ state }) => (goesOn(state.data?.brief.state) ? watchMs : atRestMs),
  });
  if (query.isPending) return <Waiting lines={6} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const { brief, progress } = query.data;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<BriefActions brief={brief} again={query.refetch} />}>
        {brief.jobName}
      </Header>
      {brief.reason !== null && <Alert type="warning">{brief.reason}</Alert>}
      <Figures brief={brief} progress={progress} />
      <Tasks tasks={progress.tasks} />
      {brief.data.map((stage) => (
        <Stage key={stage.stageUuid} stage={stage} />
      ))}
    </SpaceBetween>
  );
}

function goesOn(state: string | undefined): boolean {
  return state === undefined || state === 'queued' || state === 'running';
}

function Figures({ brief, progress }: { readonly brief: ShownBrief; readonly progress: BriefProgress }) {
  const { t } = useTexts();
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: t('runs.state'), value: <StateLabel state={brief.state} /> },
        { label: t('briefs.crawled'), value: <Count of={progress.crawled} /> },
        { label: t('briefs.stored'), value: <Count of={progress.stored} /> },
        { label: t('runs.failed'), value: <Count of={progress.failed} /> },
        { label: t('runs.started'), value: <Moment at={brief.startedAt} /> },
        { label: t('runs.ended'), value: <Moment at={brief.endedAt} /> },
        { label: t('briefs.estimated-end'), value: <Moment at={progress.estimated_end} /> },
        { label: t('briefs.before'), value: <Count of={progress.job_wait_count} /> },
      ]}
    />
  );
}

function Tasks({ tasks }: { readonly tasks: readonly BriefTask[] }) {
  const { t } = useTexts();
  return (
    <RowsTable<BriefTask>
      title={t('briefs.progress')}
      rows={tasks}
      columns={[
        {
          id: 'platform',
          header: t('briefs.platform'),
          isRowHeader: true,
          cell: ({ platform_name, keyword }) => `${platform_name} · ${keyword}`,
        },
        { id: 'state', header: t('runs.state'), minWidth: 130, cell: ({ state }) => <StateLabel state={state} /> },
        {
          id: 'pages',
          header: t('briefs.pages'),
          minWidth: 180,
          cell: ({ platform_name, keyword, pages_done, pages_all, state }) => (
            <ProgressBar
              value={goesOn(state) ? (pages_done / Math.max(1, pages_all)) * 100 : 100}
              ariaLabel={`${platform_name} ${keyword}`}
            />
          ),
        },
        { id: 'stored', header: t('briefs.stored'), cell: ({ stored }) => <Count of={stored} /> },
        { id: 'dropped', header: t('runs.filtered'), cell: ({ dropped }) => wordsOf(dropped) },
        { id: 'failed', header: t('runs.failed'), cell: ({ failed }) => <Count of={failed} /> },
        { id: 'why', header: t('briefs.why'), cell: ({ reason }) => reason ?? '–' },
      ]}
    />
  );
}

/** `duplicate 3, too-old 1`. */
function wordsOf(counts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(counts)
      .map(([reason, count]) => `${reason} ${count}`)
      .join(', ') || '–'
  );
}

/** Stops what runs, once that was confirmed; runs again what failed. Who sees a brief owns it, or is an admin: they may. */
function BriefActions({
  brief: { jobUuid, jobName, state },
  again,
}: {
  readonly brief: ShownBrief;
  readonly again: () => unknown;
}) {
  const { t } = useTexts();
  const [asks, setAsks] = useState(false);
  const act = useBriefAction(jobUuid, again);
  if (goesOn(state))
    return (
      <>
        <Button loading={act.isPending} onClick={() => setAsks(true)}>
          {t('run.stop')}
        </Button>
        <Confirm
          header={t('run.stop')}
          text={asks ? t('briefs.stop-confirm', { name: jobName }) : undefined}
          close={() => setAsks(false)}
          go={() => act.mutate('cancel')}
        />
      </>
    );
  return (
    <Button
      loading={act.isPending}
      disabled={state === 'finished' || state === 'cancelled'}
      disabledReason={t(state === 'cancelled' ? 'briefs.was-stopped' : 'briefs.nothing-failed')}
      onClick={() => act.mutate('again')}
    >
      {t('run.again')}
    </Button>
  );
}

function useBriefAction(job_uuid: string, again: () => unknown) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const body = { job_uuid };
  return useMutation({
    mutationFn: (action: 'cancel' | 'again') =>
      action === 'cancel'
        ? answer<unknown>(api.POST('/dts-auto-brief/job/cancel', { body }))
        : answer<unknown>(api.POST('/dts-auto-brief/job/run_again', { body })),
    onSuccess: () => tell(t('briefs.told')),
    onError: tellError,
    onSettled: () => again(),
  });
}
