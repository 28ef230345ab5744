import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { spanText } from '../../values/moment.tsx';
import type { FailureFilter } from './failure-filter.ts';

export type ManyAction = 'replay' | 'resolve' | 'discard';

// The bounds of the routes.
const mostReplayed = 100_000;
const mostChanged = 10_000;
const defaultRate = 10;

interface ConfirmProps {
  readonly action: ManyAction;
  readonly filter: FailureFilter;
  readonly close: () => void;
}

/** Counts before anything is changed, and only then offers to do it. */
export function ConfirmMany({ action, filter, close }: ConfirmProps) {
  const { t } = useTexts();
  const [rate, setRate] = useState(String(defaultRate));
  const [note, setNote] = useState('');
  const counted = useCount(action, filter, Number(rate));
  const change = useChange({ action, filter, close }, { rate: Number(rate), note });
  return (
    <Modal
      visible
      onDismiss={close}
      header={t(`failures.${action}-many`)}
      footer={<Footer count={counted.data?.chosen ?? 0} busy={change.isPending} close={close} go={change.mutate} />}
    >
      <SpaceBetween size="m">
        {action === 'replay' && (
          <FormField label={t('failures.rate')}>
            <Input type="number" value={rate} onChange={({ detail }) => setRate(detail.value)} />
          </FormField>
        )}
        {action === 'resolve' && (
          <FormField label={t('failures.note')} description={t('failure.note-about')}>
            <Input value={note} onChange={({ detail }) => setNote(detail.value)} />
          </FormField>
        )}
        {counted.isPending && <Waiting lines={2} />}
        {counted.isError && <Problem error={counted.error} again={counted.refetch} />}
        {counted.data && <Alert type="info">{countWords(t, counted.data)}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}

interface FooterProps {
  readonly count: number;
  readonly busy: boolean;
  readonly close: () => void;
  readonly go: (count: number) => void;
}

function Footer({ count, busy, close, go }: FooterProps) {
  const { t } = useTexts();
  return (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button onClick={close}>{t('action.cancel')}</Button>
        <Button variant="primary" disabled={count === 0} loading={busy} onClick={() => go(count)}>
          {t('failures.confirm', { count })}
        </Button>
      </SpaceBetween>
    </Box>
  );
}

interface Counted {
  readonly chosen: number;
  readonly replay?: { readonly rate: number; readonly seconds: number; readonly without_door: number };
}

function countWords(t: Tell, { chosen, replay }: Counted): string {
  const words = [t('failures.chosen', { count: chosen })];
  if (replay) {
    words.push(t('failures.duration', { rate: replay.rate, span: spanText(replay.seconds * 1000) }));
    if (replay.without_door > 0) words.push(t('failures.without-door', { count: replay.without_door }));
  }
  return [...words, t('failures.count-first')].join(' ');
}

/** How many it would be: of a replay by its own dry run, else by the list of those that are open. */
function useCount(action: ManyAction, filter: FailureFilter, rate: number) {
  return useQuery({
    queryKey: ['count-many', action, filter, rate],
    retry: false,
    queryFn: async (): Promise<Counted> => {
      if (action === 'replay') {
        const body = { ...filter, limit: mostReplayed, rate, dry_run: true };
        const { result } = await answer(api.POST('/platform/failures/replay', { body }));
        if (!('without_door' in result)) throw new Error('A dry run has sent something');
        return { chosen: result.chosen, replay: result };
      }
      const query = { ...filter, state: 'open' as const, start: 0, length: 1 };
      const { result } = await answer(api.GET('/platform/failures', { params: { query } }));
      return { chosen: Math.min(result.total, mostChanged) };
    },
  });
}

function useChange(
  { action, filter, close }: ConfirmProps,
  { rate, note }: { readonly rate: number; readonly note: string },
) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (count: number) => {
      // What has failed since the count stays as it is.
      const body = { ...filter, limit: count };
      if (action === 'replay') {
        const { result } = await answer(
          api.POST('/platform/failures/replay', { body: { ...body, rate, dry_run: false } }),
        );
        return t('failures.replaying', { id: 'id' in result ? result.id : '', count: result.chosen });
      }
      const { result } =
        action === 'resolve'
          ? await answer(
              api.POST('/platform/failures/resolve', { body: { ...body, ...(note === '' ? {} : { note }) } }),
            )
          : await answer(api.POST('/platform/failures/discard', { body }));
      return t('failures.settled', { count: 'resolved' in result ? result.resolved : result.discarded });
    },
    onSuccess: (words) => tell(words),
    onError: tellError,
    onSettled: () => {
      close();
      void queries.invalidateQueries();
    },
  });
}
