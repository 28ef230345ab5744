import Alert from '@cloudscape-design/components/alert';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import { useAddress } from '../../lists/address.ts';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';
import { QueryAnswer } from './query-answer.tsx';
import { QueryForm } from './query-form.tsx';
import { QueryTables } from './query-tables.tsx';
import { SavedQueries } from './saved-queries.tsx';

const watchMs = 1000;

/** One query over the files of all workloads: asked, watched, stopped, and its rows as a table, a chart and a file. */
export default function QueryPage() {
  const { t } = useTexts();
  const may = useMay('operate');
  const [sql, write] = useState<string>();
  const asking = useAsking();
  const { query } = asking;
  // A link opens the query with its text; whoever has begun to write keeps theirs.
  const shown = sql ?? query.data?.sql ?? '';
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('query.about')}>
        {t('query.title')}
      </Header>
      {may === false && <Alert>{t('action.refused', { permission: 'operate' })}</Alert>}
      {may && (
        <SpaceBetween size="l">
          <QueryForm
            sql={shown}
            write={write}
            isRunning={query.data?.state === 'running' || asking.ask.isPending}
            run={() => asking.ask.mutate(shown)}
            stop={() => asking.stop.mutate()}
          />
          <Told asking={asking} />
          <SavedQueries sql={shown} choose={write} />
          <QueryTables choose={write} />
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}

/** What came of the newest: one that was refused stands before the answer of the one before it. */
function Told({ asking: { ask, query } }: { readonly asking: ReturnType<typeof useAsking> }) {
  if (ask.isError) return <Problem error={ask.error} />;
  return query.isError ? <Problem error={query.error} again={query.refetch} /> : <QueryAnswer query={query.data} />;
}

/** Starts queries; the address has the one that is shown. */
function useAsking() {
  const { get, set } = useAddress();
  const queries = useQueryClient();
  const id = get('id');
  const query = useQuery({
    queryKey: ['query', id],
    queryFn: async () =>
      (await answer(api.GET('/platform/queries/{id}', { params: { path: { id: id ?? '' } } }))).result,
    enabled: id !== undefined,
    // What has ended stays as it is.
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? watchMs : false),
  });
  const ask = useMutation({
    mutationFn: async (sql: string) => (await answer(api.POST('/platform/queries', { body: { sql } }))).result,
    onSuccess: ({ id: asked }) => set({ id: asked }),
  });
  const stop = useMutation({
    mutationFn: async () => answer(api.POST('/platform/queries/{id}/stop', { params: { path: { id: id ?? '' } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['query', id] }),
  });
  return { query, ask, stop };
}
