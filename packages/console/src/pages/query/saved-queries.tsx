import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { openColumn } from '../../lists/columns.tsx';
import { useNotices } from '../../lists/notices.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StoredText } from '../../values/stored-text.tsx';

type Saved = components['schemas']['SavedQuery'];

interface SavedQueriesProps {
  /** What would be saved. */
  readonly sql: string;
  readonly choose: (sql: string) => void;
}

/** Queries that somebody gave a name: a click writes one, and what is written can be given a name. */
export function SavedQueries({ sql, choose }: SavedQueriesProps) {
  const { t } = useTexts();
  const { save, remove } = useSavedChanges();
  return (
    <QueryTable<Saved>
      title={t('query.saved')}
      asked={['query', 'saved']}
      load={async () => (await answer(api.GET('/platform/saved-queries'))).result.data}
      empty={t('query.none-saved')}
      actions={<SaveForm sql={sql} save={save} />}
      columns={[
        openColumn(
          'name',
          t('query.name'),
          (saved) => saved.name,
          (saved) => choose(saved.sql),
        ),
        { id: 'sql', header: 'SQL', cell: (saved) => <StoredText text={saved.sql} most={200} /> },
        { id: 'by', header: t('users.who'), cell: ({ saved_by }) => saved_by },
        { id: 'at', header: t('machine.at'), cell: ({ saved_at }) => <Moment at={saved_at} /> },
        {
          id: 'actions',
          header: t('list.actions'),
          cell: (saved) => (
            <Button
              variant="inline-link"
              ariaLabel={`${t('users.remove')} ${saved.name}`}
              onClick={() => remove.mutate(saved.name)}
            >
              {t('users.remove')}
            </Button>
          ),
        },
      ]}
    />
  );
}

interface SaveFormProps {
  readonly sql: string;
  readonly save: ReturnType<typeof useSavedChanges>['save'];
}

function SaveForm({ sql, save }: SaveFormProps) {
  const { t } = useTexts();
  const [name, rename] = useState('');
  return (
    <SpaceBetween size="xs" direction="horizontal" alignItems="end">
      <FormField label={t('query.name')}>
        <Input value={name} onChange={({ detail }) => rename(detail.value)} />
      </FormField>
      <Button
        disabled={name.trim() === '' || sql.trim() === ''}
        loading={save.isPending}
        onClick={() => save.mutate({ name: name.trim(), sql }, { onSuccess: () => rename('') })}
      >
        {t('action.save')}
      </Button>
    </SpaceBetween>
  );
}

function useSavedChanges() {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: ['query', 'saved'] });
  const save = useMutation({
    mutationFn: ({ name, sql }: { readonly name: string; readonly sql: string }) =>
      answer(api.PUT('/platform/saved-queries/{name}', { params: { path: { name } }, body: { sql } })),
    onSuccess: (_, { name }) => tell(t('query.is-saved', { name })),
    onError: tellError,
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (name: string) => answer(api.DELETE('/platform/saved-queries/{name}', { params: { path: { name } } })),
    onError: tellError,
    onSettled,
  });
  return { save, remove };
}
