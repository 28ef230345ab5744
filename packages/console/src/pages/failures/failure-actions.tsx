import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import { useNotices } from '../../lists/notices.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { stateText, useTexts } from '../../texts/index.ts';
import { StoredText } from '../../values/stored-text.tsx';
import type { FailureDetail } from './failure-filter.ts';
import { indented, problemOf } from './input-text.ts';

const JsonEditor = lazy(() => import('../../values/json-editor.tsx'));

interface ActionsProps {
  readonly failure: FailureDetail;
  readonly again: () => unknown;
}

type Action = 'replay' | 'dry-run' | 'resolve' | 'discard';

/** The input in an editor, and what can be done with the failure. */
export function FailureActions({ failure, again }: ActionsProps) {
  const { t } = useTexts();
  const received = indented(failure.input ?? '');
  const [text, setText] = useState(received);
  const [note, setNote] = useState('');
  const edited = text !== received;
  const change = useAction({ failure, again }, { input: edited ? text : undefined, note });
  const invalid = edited ? problemOf(text) : undefined;
  return (
    <Container header={<Header variant="h2">{t('failure.input')}</Header>}>
      <SpaceBetween size="m">
        <FailureInput failure={failure} received={received} change={setText} edited={edited} />
        {invalid !== undefined && <Alert type="warning">{t('failure.invalid-json', { message: invalid })}</Alert>}
        {failure.state === 'open' && (
          <>
            <FormField label={t('failures.note')} description={t('failure.note-about')}>
              <Input value={note} onChange={({ detail }) => setNote(detail.value)} />
            </FormField>
            <Buttons
              canReplay={failure.door !== null && invalid === undefined}
              busy={change.isPending ? change.variables : undefined}
              go={change.mutate}
            />
          </>
        )}
        {change.data !== undefined && (
          <FormField label={t('failure.would-send')}>
            <StoredText block text={change.data} />
          </FormField>
        )}
      </SpaceBetween>
    </Container>
  );
}

interface ButtonsProps {
  readonly canReplay: boolean;
  readonly busy: Action | undefined;
  readonly go: (action: Action) => void;
}

function Buttons({ canReplay, busy, go }: ButtonsProps) {
  const { t } = useTexts();
  const may = useMay('operate');
  const reason = may === false ? t('action.refused', { permission: 'operate' }) : t('failure.no-door');
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {(['replay', 'dry-run', 'resolve', 'discard'] as const).map((action) => {
        const sends = action === 'replay' || action === 'dry-run';
        return (
          <Button
            key={action}
            variant={action === 'replay' ? 'primary' : 'normal'}
            disabled={may !== true || (sends && !canReplay)}
            disabledReason={reason}
            loading={busy === action}
            onClick={() => go(action)}
          >
            {t(`failure.${action}`)}
          </Button>
        );
      })}
    </SpaceBetween>
  );
}

interface InputProps {
  readonly failure: FailureDetail;
  readonly received: string;
  readonly change: (text: string) => void;
  readonly edited: boolean;
}

function FailureInput({ failure, received, change, edited }: InputProps) {
  const { t } = useTexts();
  if (failure.input === null)
    return (
      <>
        {failure.input_key === null ? t('failure.no-input') : t('failure.input-elsewhere', { key: failure.input_key })}
      </>
    );
  if (failure.state !== 'open') return <StoredText block text={received} />;
  return (
    <FormField description={t('failure.edit')} constraintText={edited ? undefined : t('failure.unchanged')} stretch>
      <Suspense fallback={<Waiting />}>
        <JsonEditor value={received} original={received} label={t('failure.editor')} change={change} />
      </Suspense>
    </FormField>
  );
}

/** Resolves to what would be sent, of a dry run. */
function useAction(
  { failure: { id }, again }: ActionsProps,
  { input, note }: { readonly input: string | undefined; readonly note: string },
) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const params = { path: { id } };
  return useMutation({
    mutationFn: async (action: Action): Promise<string | undefined> => {
      if (action === 'resolve' || action === 'discard') {
        const settled =
          action === 'resolve'
            ? api.POST('/platform/failures/{id}/resolve', { params, body: note === '' ? {} : { note } })
            : api.POST('/platform/failures/{id}/discard', { params, body: {} });
        const { result } = await answer(settled);
        tell(t('failure.changed', { id, state: stateText(t, result.state) }));
        return undefined;
      }
      const body = { dry_run: action === 'dry-run', ...(input === undefined ? {} : { input }) };
      const { result } = await answer(api.POST('/platform/failures/{id}/replay', { params, body }));
      if ('replay' in result && action === 'dry-run') return JSON.stringify(result.replay, undefined, 2);
      tell(t('failure.replayed', { id }));
      return undefined;
    },
    onError: tellError,
    onSettled: () => again(),
  });
}
