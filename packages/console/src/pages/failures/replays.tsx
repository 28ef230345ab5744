import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { components } from '../../api/schema.gen';
import { useNotices } from '../../lists/notices.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';

type Replay = components['schemas']['Replay'];

const shownReplays = 5;
const lookAgainMs = 3000;

/** The last replays of many, how far they are, and a way to stop one. */
export function Replays() {
  const { t } = useTexts();
  const may = useMay('operate');
  const query = useQuery({
    queryKey: ['replays'],
    enabled: may === true,
    queryFn: async () =>
      (await answer(api.GET('/platform/replays', { params: { query: { length: shownReplays } } }))).result,
    refetchInterval: lookAgainMs,
  });
  if (!query.data || query.data.length === 0) return null;
  return (
    <Table<Replay>
      variant="container"
      header={<Header variant="h2">{t('failures.replays')}</Header>}
      items={[...query.data]}
      columnDefinitions={[
        { id: 'id', header: t('failures.id'), isRowHeader: true, cell: ({ id }) => id },
        { id: 'state', header: t('runs.state'), cell: ({ state }) => <StateLabel state={state} /> },
        { id: 'chosen', header: t('failures.count'), cell: ({ chosen }) => <Count of={chosen} /> },
        { id: 'progress', header: t('failures.progress'), cell: ({ id }) => <Progress id={id} /> },
        { id: 'by', header: t('failures.changed-by'), cell: ({ asked_by }) => asked_by },
        { id: 'at', header: t('failures.occurred'), cell: ({ asked_at }) => <Moment at={asked_at} /> },
        {
          id: 'stop',
          header: t('failures.stop'),
          cell: (replay) => <StopReplay replay={replay} again={query.refetch} />,
        },
      ]}
    />
  );
}

function Progress({ id }: { readonly id: number }) {
  const { t } = useTexts();
  const { data } = useQuery({
    queryKey: ['replay', id],
    queryFn: async () => (await answer(api.GET('/platform/replays/{id}', { params: { path: { id } } }))).result,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? lookAgainMs : false),
  });
  if (!data) return null;
  const went = data.chosen === 0 ? 100 : ((data.chosen - data.waiting) / data.chosen) * 100;
  return (
    <ProgressBar
      value={went}
      ariaLabel={t('failures.progress')}
      description={t('failures.progress-words', { resolved: data.resolved, again: data.failed_again })}
    />
  );
}

function StopReplay({ replay, again }: { readonly replay: Replay; readonly again: () => unknown }) {
  const { t } = useTexts();
  const { tellError } = useNotices();
  if (replay.state !== 'running') return <>–</>;
  const stop = () =>
    answer(api.POST('/platform/replays/{id}/stop', { params: { path: { id: replay.id } } })).then(again, tellError);
  return <Button onClick={() => void stop()}>{t('failures.stop')}</Button>;
}
